/** What lists and the status of a job need, read for many jobs with a fixed number of statements. */
import type { Id } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Run, Trigger } from '../../model/run.ts';
import { automaticTriggers, failureStates, countsFrom, openBreakerOf } from '../../model/trouble.ts';
import { together } from '../../system/together.ts';
import type { JobSummary } from '../job-tables.ts';
import { runsOf } from './run-view.ts';
import { schedulesOf } from './schedules.ts';
import { endedOf } from './tallies.ts';
import type { Session } from './session.ts';

/** How many failures in a row are counted, and how far back they are looked for. */
const failuresCounted = 10;
const runsLookedAt = 40;

const troubles: readonly string[] = failureStates;

interface EndedRun {
  readonly id: number;
  readonly created_at: number;
  readonly job_id: number;
  readonly trigger: string;
  readonly state: string;
}

function consecutiveFailures(newestFirst: readonly EndedRun[], from: Instant): number {
  let failures = 0;
  for (const { trigger, state, created_at } of newestFirst) {
    if (state === 'succeeded' || failures === failuresCounted || created_at <= from) break;
    if (troubles.includes(state) && automaticTriggers.includes(trigger as Trigger)) failures += 1;
  }
  return failures;
}

async function countByJob(session: Session, table: 'queue' | 'leases', ids: readonly Id[]): Promise<Map<Id, number>> {
  const query = session.build
    .selectFrom(table)
    .where('job_id', 'in', [...ids])
    .groupBy('job_id');
  const rows = await session.rows(query.select((on) => ['job_id', on.fn.countAll<number>().as('count')]));
  return new Map(rows.map(({ job_id, count }) => [job_id, count]));
}

async function newestRuns(session: Session, ids: readonly Id[], limit: number): Promise<Map<Id, EndedRun[]>> {
  const rows = await session.run<EndedRun>(session.hot.newestRuns(limit), { jobs: JSON.stringify(ids) });
  return Map.groupBy(
    rows.toSorted((a, b) => b.created_at - a.created_at || b.id - a.id),
    ({ job_id }) => job_id,
  );
}

/** By job, newest first: one of each, and more of those whose newest did not succeed, as a success ends the count at once. */
async function endedRuns(session: Session, ids: readonly Id[]): Promise<Map<Id, EndedRun[]>> {
  const newest = await newestRuns(session, ids, 1);
  const open = ids.filter((id) => (newest.get(id)?.[0]?.state ?? 'succeeded') !== 'succeeded');
  return open.length === 0 ? newest : new Map([...newest, ...(await newestRuns(session, open, runsLookedAt))]);
}

async function lastRuns(session: Session, ended: ReadonlyMap<Id, readonly EndedRun[]>): Promise<Map<Id, Run>> {
  const newest = [...ended.values()].flatMap((runs) => runs.slice(0, 1));
  return new Map((await runsOf(session, newest)).map((run) => [run.jobId, run]));
}

async function endedAndLast(session: Session, ids: readonly Id[]) {
  const ended = await endedRuns(session, ids);
  return { ended, last: await lastRuns(session, ended) };
}

/** Summaries in the order of `jobs`. */
export async function summariesOf(session: Session, jobs: readonly Job[]): Promise<readonly JobSummary[]> {
  if (jobs.length === 0) return [];
  const ids = jobs.map(({ id }) => id);
  const [schedules, queued, live, past, { ended, last }] = await together([
    schedulesOf(session, ids),
    countByJob(session, 'queue', ids),
    countByJob(session, 'leases', ids),
    endedOf(session, ids),
    endedAndLast(session, ids),
  ]);
  return jobs.map((job) => {
    const isStopped = openBreakerOf(job) !== null;
    const own = schedules
      .filter(({ jobId }) => jobId === job.id)
      .map((schedule) => (isStopped ? { ...schedule, nextDueAt: null } : schedule));
    const due = own.flatMap(({ active, nextDueAt }) => (active && nextDueAt !== null ? [nextDueAt] : []));
    return {
      job,
      schedules: own,
      nextDueAt: due.length === 0 ? null : Math.min(...due),
      live: live.get(job.id) ?? 0,
      queued: queued.get(job.id) ?? 0,
      lastRun: last.get(job.id) ?? null,
      consecutiveFailures: consecutiveFailures(ended.get(job.id) ?? [], countsFrom(job)),
      runCount: (past.get(job.id) ?? 0) + (live.get(job.id) ?? 0) + (queued.get(job.id) ?? 0),
    };
  });
}
