import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

export const BackfillRequest = z
  .strictObject({
    from: Instant.describe('The first instant of the span, which belongs to it.'),
    to: Instant.describe('The last one, which belongs to it; not ahead of now.'),
    schedule_id: Uuid.optional().describe('Only instants of this schedule; of all that are active when absent.'),
    order: z.enum(['oldest', 'newest']).optional().describe('Which instant starts first; oldest when absent.'),
    rate: z
      .number()
      .min(0.001)
      .max(1000)
      .optional()
      .describe('Starts a second, 0.1 for one every ten seconds; the rate of catching up (10) when absent.'),
    dry_run: z.boolean().optional().describe('Only count.'),
    again: z.boolean().optional().describe('Also instants whose run succeeded.'),
  })
  .meta({ id: 'BackfillRequest' });
export type BackfillRequest = z.infer<typeof BackfillRequest>;

export const Backfill = z
  .object({
    count: z.int().describe('Runs that were made, or would be; at most 1,000 at once.'),
    created_at: Instant.nullable().describe('Names the runs together; null when they were only counted.'),
    first_due_at: Instant.nullable(),
    last_due_at: Instant.nullable(),
    last_available_at: Instant.nullable().describe('When the last of them may start.'),
    already: z.int().describe('Instants left out because a run of theirs waits, lives or succeeded.'),
    refused: z
      .record(z.string(), z.int())
      .describe('Instants that a blackout, a holiday or the active hours hold back, by reason.'),
  })
  .meta({ id: 'Backfill' });
export type Backfill = z.infer<typeof Backfill>;

export const BackfillQuery = z.strictObject({
  created_at: Instant.optional().describe('Of one backfill; of all of the job when absent.'),
});

/** How far a backfill is: its runs by state. */
export const BackfillProgress = z
  .object({
    waiting: z.int(),
    live: z.int(),
    succeeded: z.int(),
    failed: z.int(),
    timed_out: z.int(),
    cancelled: z.int(),
    lost: z.int(),
  })
  .meta({ id: 'BackfillProgress' });
export type BackfillProgress = z.infer<typeof BackfillProgress>;
