import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

export const MaintenanceScope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('tags'), tags: z.array(z.string().max(100)).min(1).max(100) }),
    z.strictObject({ kind: z.literal('jobs'), job_ids: z.array(Uuid).min(1).max(500) }),
  ])
  .describe('Everything, the jobs with one of some tags, or some jobs.');
export type MaintenanceScope = z.infer<typeof MaintenanceScope>;

const Resume = z
  .enum(['skip', 'one', 'all'])
  .describe(
    'Of what was due meanwhile: nothing, one run for each job, or all in order, at most `catch_up.max` a schedule.',
  );
const Words = z.string().max(500).nullable();

export const MaintenanceInput = z
  .strictObject({
    scope: MaintenanceScope,
    from: Instant.nullable().optional().describe('Now when absent.'),
    until: Instant.nullable().optional().describe('Until somebody ends it when absent.'),
    reason: Words.optional(),
    resume: Resume.optional().describe('`skip` when absent.'),
  })
  .meta({ id: 'MaintenanceRequest' });
export type MaintenanceInput = z.infer<typeof MaintenanceInput>;

/** A change: absent fields stay. */
export const MaintenancePatch = z
  .strictObject({
    from: Instant.optional().describe('Only before it has begun.'),
    until: Instant.nullable().optional(),
    reason: Words.optional(),
    resume: Resume.optional(),
  })
  .meta({ id: 'MaintenancePatch' });
export type MaintenancePatch = z.infer<typeof MaintenancePatch>;

export const Maintenance = z
  .object({
    id: Uuid,
    state: z.enum(['upcoming', 'active', 'ended', 'called_off']),
    scope: MaintenanceScope,
    scope_text: z.string().describe('In words, with the names of its jobs.'),
    from: Instant,
    until: Instant.nullable().describe('As planned; null until somebody ends it.'),
    reason: z.string().nullable(),
    resume: Resume,
    set_by: z.string().nullable(),
    created_at: Instant,
    ended_at: Instant.nullable().describe('When it was over, by its time or by a person; null before.'),
    ended_by: z.string().nullable().describe('Null when its time ended it.'),
    running: z.int().nullable().describe('Runs of its jobs that are at work; null unless it is active.'),
    queued: z.int().nullable().describe('Runs of its jobs that wait; null unless it is active.'),
  })
  .meta({ id: 'Maintenance' });
export type Maintenance = z.infer<typeof Maintenance>;

/** What a window takes, computed by the function that plans. */
export const MaintenanceCost = z
  .object({
    from: Instant,
    until: Instant.nullable(),
    counted_until: Instant.describe('One without an end is counted for a day.'),
    count: z.int().describe('Instants that would have run.'),
    at_least: z.boolean().describe('Counting stopped early.'),
    runs_after: z.int().describe('Of them, how many run when it is over.'),
    jobs: z
      .array(
        z.object({
          job_id: Uuid,
          job_name: z.string(),
          count: z.int(),
          runs_after: z.int(),
          first: Instant,
        }),
      )
      .describe('The first 200, those with the most instants first.'),
    job_count: z.int(),
    running: z.array(z.object({ run_id: Uuid, job_id: Uuid, job_name: z.string(), since: Instant })),
    running_count: z.int(),
    queued: z.int(),
  })
  .meta({ id: 'MaintenanceCost' });
export type MaintenanceCost = z.infer<typeof MaintenanceCost>;

export const MaintenanceSet = z
  .object({ window: Maintenance.nullable().describe('Null for a dry run.'), cost: MaintenanceCost })
  .meta({ id: 'MaintenanceSet' });
export type MaintenanceSet = z.infer<typeof MaintenanceSet>;
