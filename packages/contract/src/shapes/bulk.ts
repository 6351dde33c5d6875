import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { JobQuery } from './job.ts';
import { RunQuery } from './run.ts';

/** More are done in several requests. */
export const mostAtOnce = 500;

/** Ids as they come: one that is nobody's is told of in its result. */
const ids = z.array(z.string().min(1).max(100)).min(1).max(mostAtOnce).optional().describe('Or `filter`.');
const dryRun = z.boolean().optional().describe('Say which it would be, and do nothing.');
const note = z.string().max(1000).nullable().optional().describe('Stands on the runs that are made.');

export const JobsBulkRequest = z
  .strictObject({
    act: z.enum(['pause', 'resume', 'run', 'delete', 'restore']),
    ids,
    filter: JobQuery.pick({ search: true, status: true, type: true, tag: true, source: true })
      .extend({ deleted: z.boolean().optional() })
      .optional()
      .describe(`The first ${mostAtOnce} jobs that match, as the list has them.`),
    reason: z.string().max(500).nullable().optional().describe('Of a pause.'),
    until: Instant.nullable().optional().describe('Of a pause.'),
    note,
    dry_run: dryRun,
  })
  .meta({ id: 'JobsBulkRequest' });
export type JobsBulkRequest = z.input<typeof JobsBulkRequest>;

export const RunsBulkRequest = z
  .strictObject({
    act: z.enum(['cancel', 'retry']),
    ids,
    filter: RunQuery.pick({
      job_id: true,
      trigger: true,
      state: true,
      reason: true,
      worker_id: true,
      from: true,
      to: true,
    })
      .optional()
      .describe(`The newest ${mostAtOnce} runs that match.`),
    note,
    dry_run: dryRun,
  })
  .meta({ id: 'RunsBulkRequest' });
export type RunsBulkRequest = z.input<typeof RunsBulkRequest>;

/** What became of each: nothing is left out, and one refusal stops no other. */
export const BulkResult = z
  .object({
    act: z.string(),
    dry_run: z.boolean(),
    done: z.int(),
    failed: z.int(),
    more: z.boolean().describe('The filter matches more than were taken; ask again.'),
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string().nullable().describe('Of the job; null for an id of nothing.'),
        ok: z.boolean(),
        code: z.string().nullable(),
        message: z.string().nullable(),
        run_id: Uuid.nullable().describe('The run that was made.'),
      }),
    ),
  })
  .meta({ id: 'BulkResult' });
export type BulkResult = z.infer<typeof BulkResult>;
