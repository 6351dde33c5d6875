import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { Run } from './run.ts';

const Slots = z.int().min(1).max(100_000);
export const LimitName = z.string().min(1).max(100);

/** A named line of runs, with its own limit and pause. */
export const QueueShape = z
  .object({
    name: z.string(),
    limit: z.int().nullable().describe('Runs of it that may live at once; null is no limit.'),
    paused_at: Instant.nullable().describe('Since when nothing of it starts.'),
    paused_by: z.string().nullable(),
    note: z.string().nullable(),
    waiting: z.int(),
    running: z.int(),
    oldest_queued_at: Instant.nullable(),
    workers: z.int().describe('Workers that serve it and take runs now.'),
  })
  .meta({ id: 'NamedQueue' });
export type QueueShape = z.infer<typeof QueueShape>;

export const QueuePatch = z
  .strictObject({
    limit: Slots.nullable().optional(),
    paused: z.boolean().optional(),
    note: z.string().max(500).nullable().optional().describe('Why it is paused.'),
  })
  .meta({ id: 'QueuePatch' });
export type QueuePatch = z.infer<typeof QueuePatch>;

/** A name that jobs share: at most `count` of their runs live at once. */
export const Lock = z
  .object({
    name: z.string(),
    count: z.int().describe('1 unless it was set.'),
    set: z.boolean(),
    waiting: z.int(),
    holders: z.array(z.object({ run_id: Uuid, job_name: z.string() })),
  })
  .meta({ id: 'Lock' });
export type Lock = z.infer<typeof Lock>;

export const LockInput = z.strictObject({ count: Slots }).meta({ id: 'LockCount' });

export const Limits = z
  .object({
    system: z.int().nullable().describe('Runs of all jobs that may live at once; null is no limit.'),
    running: z.int(),
    person: z.int().nullable().describe('Runs of one person’s jobs that may live at once; null is no limit.'),
    people: z
      .array(z.object({ email: z.string(), name: z.string(), limit: z.int().nullable(), running: z.int() }))
      .describe('Those with a limit of their own; null spares them the common one.'),
  })
  .meta({ id: 'Limits' });
export type Limits = z.infer<typeof Limits>;

/** How much of what one person may hold is used. */
export const QuotaUses = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['jobs', 'schedules', 'waiting_runs']),
        setting: z.string().describe('Where the limit is set.'),
        held: z.int().describe('Counted no further than the limit; without one, than its default.'),
        limit: z.int().nullable().describe('Null is no limit.'),
      }),
    ),
  })
  .meta({ id: 'QuotaUses' });
export type QuotaUses = z.infer<typeof QuotaUses>;

export const LimitsPatch = z
  .strictObject({ system: Slots.nullable().optional(), person: Slots.nullable().optional() })
  .meta({ id: 'LimitsPatch' });
export const PersonLimitInput = z.strictObject({ limit: Slots.nullable() }).meta({ id: 'PersonLimit' });

/** Runs that wait, in the order of their claims, each with its reason. */
export const Queue = z
  .object({
    queued: z.int(),
    running: z.int(),
    oldest_queued_at: Instant.nullable(),
    items: z.array(
      z.object({
        position: z.int().describe('Among all that wait.'),
        queue_position: z
          .int()
          .nullable()
          .describe('In its own queue; null while its instant is ahead, and beyond the first 2,000.'),
        expected_start_at: Instant.nullable().describe('By what runs usually take; null where nobody can tell.'),
        run: Run,
      }),
    ),
  })
  .meta({ id: 'Queue' });
export type Queue = z.infer<typeof Queue>;
