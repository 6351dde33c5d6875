/** What people ask about a job that fails: its pattern, what to do, and a fresh start. */
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { defaultBreaker, type FailurePattern, type OpenBreaker, openBreakerOf } from '../model/trouble.ts';
import { breakerOf, breakerSettingsOf } from '../policy/breaker.ts';
import { failurePattern } from '../policy/failure-pattern.ts';
import type { JobSummary } from '../store/job-tables.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, noteNothing } from './audited.ts';
import { livingJob, notFound } from './jobs.ts';
import { resetTrouble } from './reset-trouble.ts';

export interface JobFailing {
  readonly job: Job;
  /** Of an open breaker as it was then, as its runs may be gone; else of the runs that are kept. */
  readonly pattern: FailurePattern;
  /** The newest of the failures; null without any. */
  readonly lastRun: { readonly id: Id; readonly createdAt: Instant } | null;
}

/** Jobs that wait for a person. */
export interface InterventionSummary {
  readonly total: number;
  readonly byType: Readonly<Record<string, number>>;
  /** With five failures in a row or more. */
  readonly critical: number;
  /** Since the last failure of the job that has waited longest; null without any. */
  readonly oldestMs: Millis | null;
  readonly jobs: readonly { readonly job: Job; readonly breaker: OpenBreaker }[];
}

export interface FailureOperations {
  /** By the runs of this job alone. @throws `not_found` */
  failures(id: Id): Promise<JobFailing>;
  /** Its failures count from now on, and its breaker is closed. Asking again changes nothing. @throws `not_found` */
  reset(id: Id, actor: Actor): Promise<JobSummary>;
  intervention(): Promise<InterventionSummary>;
}

/** From so many failures in a row on a job is critical (K-04). */
const criticalFrom = 5;
/** Runs looked at for a pattern, and failures of them read. */
const looked = { look: 20_000, limit: 1000 };

export function failureOperations({ store, breaker: settings = defaultBreaker }: OperationContext): FailureOperations {
  return {
    async failures(id) {
      const job = await livingJob(store, id);
      const asked = { jobId: id, from: job.trouble?.failuresFrom ?? null };
      const found = (await store.runs.failures([asked], looked)).get(id);
      const history = found ?? { failures: [], lastSuccess: null };
      const { periodDays } = breakerOf(job, settings) ?? breakerSettingsOf(job.ownerId, settings);
      const now = await store.now();
      const pattern = openBreakerOf(job)?.pattern ?? failurePattern({ ...history, periodDays, now });
      return { job, pattern, lastRun: history.failures[0] ?? null };
    },

    async reset(id, actor) {
      await audited(store, async (tables) => {
        await tables.jobs.lock([id]);
        const job = await livingJob(tables, id);
        const isFresh = job.trouble !== null && job.trouble.failingSince === null && job.trouble.breaker === null;
        if (isFresh) noteNothing(tables);
        else await resetTrouble(tables, job, actor, await tables.now());
      });
      store.bell.ring('change');
      const summary = await store.jobs.summary(id);
      if (summary === null) throw notFound('job');
      return summary;
    },

    async intervention() {
      const now = await store.now();
      const jobs = (await store.jobs.stopped()).flatMap((job) => {
        const breaker = openBreakerOf(job);
        return breaker === null ? [] : [{ job, breaker }];
      });
      const types = Map.groupBy(jobs, ({ job }) => job.definition.type);
      const last = jobs.map(({ breaker: { pattern, openedAt } }) => pattern.lastFailureAt ?? openedAt);
      return {
        total: jobs.length,
        byType: Object.fromEntries([...types].map(([type, of]) => [type, of.length])),
        critical: jobs.filter(({ breaker }) => breaker.pattern.consecutiveFailures >= criticalFrom).length,
        oldestMs: last.length === 0 ? null : now - Math.min(...last),
        jobs,
      };
    },
  };
}
