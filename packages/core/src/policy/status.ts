/** The one word by which a person knows how a job is. */
import { countsFrom, openBreakerOf } from '../model/trouble.ts';
import type { Instant } from '../model/instant.ts';
import type { Job, JobStatus } from '../model/job.ts';
import type { RunState } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';
import { hasHadAllRuns } from './plannable.ts';

export interface StatusFacts {
  readonly job: Pick<Job, 'active' | 'automaticRuns' | 'trouble'> & {
    readonly definition: { readonly maxRuns: number | null };
  };
  readonly schedules: readonly Pick<Schedule, 'active' | 'planAt'>[];
  /** Runs that are starting or running. */
  readonly live: number;
  readonly queued: number;
  readonly lastRun: { readonly state: RunState; readonly createdAt?: Instant } | null;
  readonly consecutiveFailures: number;
  /** Consecutive failures from which it has issues. Default 3. */
  readonly issuesFrom?: number;
  /** Consecutive failures from which it has failed. Default 5. */
  readonly failedFrom?: number;
}

const unhappy: ReadonlySet<RunState> = new Set<RunState>(['failed', 'timed_out', 'lost']);

/** How the last runs say that a job is; null when they ended well, were reset, or there were none. */
function troubleOf({
  job,
  lastRun,
  consecutiveFailures,
  issuesFrom = 3,
  failedFrom = 5,
}: StatusFacts): JobStatus | null {
  if (consecutiveFailures >= failedFrom) return 'failed';
  if (consecutiveFailures >= issuesFrom) return 'having_issues';
  return hasFailed(lastRun, countsFrom(job)) ? 'last_run_failed' : null;
}

function hasFailed(run: StatusFacts['lastRun'], from: Instant): boolean {
  return run !== null && unhappy.has(run.state) && (run.createdAt ?? Infinity) > from;
}

/** The first that applies. */
export function statusOf(facts: StatusFacts): JobStatus {
  if (facts.live > 0) return 'running';
  if (facts.queued > 0) return 'queued';
  if (openBreakerOf(facts.job) !== null) return 'needs_intervention';
  const trouble = troubleOf(facts);
  if (trouble !== null) return trouble;
  if (!facts.job.active) return 'paused';
  return isCompleted(facts) ? 'completed' : 'active';
}

/** All runs it may have are done, or all its active schedules have named their last instant. A job on demand never is. */
export function isCompleted({ job, schedules }: Pick<StatusFacts, 'job' | 'schedules'>): boolean {
  if (hasHadAllRuns(job)) return true;
  const active = schedules.filter((schedule) => schedule.active);
  return job.active && active.length > 0 && active.every(({ planAt }) => planAt === null);
}
