/** The runs that a new one of their jobs has to reckon with. */
import type { Job } from '../model/job.ts';
import { openBreakerOf } from '../model/trouble.ts';
import { slotsOf } from '../policy/overlap.ts';
import type { LiveRun, RunTable } from '../store/run-table.ts';

/**
 * Whether it matters to a new run what else of its job waits or lives. It does not where any number may live and nothing has
 * stopped the job: such jobs have the long backlogs, which nobody then reads.
 */
function reckonsWithOthers(job: Pick<Job, 'definition' | 'trouble'>): boolean {
  return slotsOf(job.definition) !== null || openBreakerOf(job) !== null;
}

/** Waiting and live runs of those jobs to whose new runs they matter, oldest first. */
export async function liveBeside(
  { runs }: { readonly runs: Pick<RunTable, 'live'> },
  jobs: readonly Job[],
): Promise<readonly LiveRun[]> {
  return runs.live(jobs.filter(reckonsWithOthers).map(({ id }) => id));
}
