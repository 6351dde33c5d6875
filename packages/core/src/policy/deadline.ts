/** Until when a waiting run may start. */
import type { Instant } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Run } from '../model/run.ts';

/**
 * Null without a deadline. It counts from the instant a run was due; one that catches up was late before it was made,
 * so that its waiting counts. Only a first attempt has one, and a backfill none: it waits by its own rate.
 */
export function startDeadlineOf(
  run: Pick<Run, 'trigger' | 'attempt' | 'dueAt' | 'createdAt'>,
  { startDeadlineSeconds }: Pick<JobDefinition, 'startDeadlineSeconds'>,
): Instant | null {
  if (startDeadlineSeconds === null || run.attempt > 1 || run.trigger === 'backfill') return null;
  const from = run.trigger === 'catch_up' ? run.createdAt : (run.dueAt ?? run.createdAt);
  return from + startDeadlineSeconds * 1000;
}
