/** Gathers what the alerts are decided by. Reads no more than the pulse says there is. */
import { toUuid, type Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { Rooms } from '../model/limit.ts';
import type { Run } from '../model/run.ts';
import { expirySoonMs } from '../model/secret.ts';
import type { Schedule } from '../model/schedule.ts';
import { mostWaiting } from '../model/watch.ts';
import { takersOf } from '../policy/waiting.ts';
import type { EngineSettings } from '../model/settings.ts';
import type {
  AlertLimits,
  DiskFacts,
  ExpiringFacts,
  RunningFacts,
  UnplannedFacts,
  WatchFacts,
} from '../policy/watch-facts.ts';
import { usesOf } from '../store/secret-table.ts';
import type { Store } from '../store/store.ts';
import type { Pulse } from '../store/watch-table.ts';
import { unapprovedScripts } from './unapproved-scripts.ts';
import type { Quiet } from './quiet.ts';
import type { UsualLength } from './usual-length.ts';

/** What waits less is no trouble yet, whatever a job says. */
export const leastWaitMs: Millis = 10_000;
/** Plans that are later than this, and runs that run longer, are looked at. */
const overdueMs: Millis = 60_000;
/** Overdue jobs that are looked at in one pass. */
const mostUnplanned = 100;
const mostRunning = 500;

export interface GatherOptions {
  readonly store: Store;
  readonly settings: Pick<EngineSettings, 'lostAfterMs'>;
  readonly limits: AlertLimits;
  readonly quiet: Quiet;
  readonly usual: UsualLength;
  readonly disk: () => Promise<DiskFacts | null>;
  readonly approvals: number;
}

export async function gather(
  { store, settings, limits, quiet, usual, disk, approvals }: GatherOptions,
  pulse: Pulse,
  since: Instant,
): Promise<WatchFacts> {
  const { now } = pulse;
  const waiting = pulse.waiting ? await store.watch.waiting(leastWaitMs, mostWaiting) : [];
  const unplanned = await unplannedOf(store, pulse);
  const leased = pulse.leases ? await store.runs.running(mostRunning) : [];
  const running = await runningOf({ quiet, usual }, leased, now);
  const jobIds = [...new Set([...waiting, ...unplanned, ...running].map(({ jobId }) => jobId))];
  const jobs: ReadonlyMap<Id, Job> = jobIds.length === 0 ? new Map() : await store.jobs.byIds(jobIds);
  const waitingIds = [...new Set(waiting.map(({ jobId }) => jobId))];
  const workers = waitingIds.length === 0 ? [] : takersOf(await store.workers.list(), { now, ...settings }).takers;
  return {
    now,
    since,
    limits,
    schedulerBeatAt: pulse.schedulerBeatAt,
    needsScheduler: pulse.earliestPlan !== null,
    workerBeatAt: pulse.workerBeatAt,
    workers,
    waiting,
    unplanned,
    running,
    jobs,
    schedules: await schedulesOf(store, waitingIds),
    live: new Set(leased.map(({ id }) => id)),
    busy: await busyOf(store, waitingIds),
    rooms: waitingIds.length === 0 ? null : await roomsOf(store),
    disk: await disk(),
    expiring: pulse.expiring ? await expiringOf(store, now) : [],
    unapproved: approvals > 0 ? await unapprovedScripts(store, approvals) : [],
  };
}

async function expiringOf({ secrets }: Store, now: Instant): Promise<readonly ExpiringFacts[]> {
  const soon = (await secrets.list()).filter(
    ({ scope, expiresAt }) => scope !== 'person' && expiresAt !== null && expiresAt <= now + expirySoonMs,
  );
  const names = soon.map(({ name }) => name);
  const uses = await secrets.uses(names);
  return soon.flatMap((secret) => {
    if (secret.expiresAt === null) return [];
    const usedBy = usesOf(secret, uses).map(({ jobName }) => jobName);
    return [{ id: toUuid(secret), name: secret.name, expiresAt: secret.expiresAt, usedBy }];
  });
}

async function unplannedOf(store: Store, { now, earliestPlan }: Pulse): Promise<readonly UnplannedFacts[]> {
  if (earliestPlan === null || now - earliestPlan < overdueMs) return [];
  const due = await store.schedules.due(now - overdueMs, mostUnplanned);
  return due.flatMap(({ job, schedules }) =>
    schedules.flatMap((schedule) => {
      const { planAt } = schedule;
      return planAt === null || now - planAt < overdueMs ? [] : [{ jobId: job.id, schedule, planAt }];
    }),
  );
}

async function schedulesOf(store: Store, jobIds: readonly Id[]): Promise<ReadonlyMap<Id, Schedule>> {
  if (jobIds.length === 0) return new Map();
  return new Map((await store.schedules.ofJobs(jobIds)).map((schedule) => [schedule.id, schedule]));
}

async function busyOf(store: Store, jobIds: readonly Id[]): Promise<ReadonlyMap<Id, number>> {
  if (jobIds.length === 0) return new Map();
  const leased = await store.runs.leased(jobIds);
  return new Map([...Map.groupBy(leased, ({ jobId }) => jobId)].map(([id, runs]) => [id, runs.length]));
}

/** The limits in force, and how much of each is in use. */
async function roomsOf({ limits }: Store): Promise<Rooms> {
  const living = await limits.holdings(mostRunning);
  return new Rooms(
    await limits.list(),
    living.map((held) => ({ ...held, count: 1 })),
  );
}

async function runningOf(
  { quiet, usual }: Pick<GatherOptions, 'quiet' | 'usual'>,
  leased: readonly Run[],
  now: Instant,
): Promise<readonly RunningFacts[]> {
  const old = leased.filter(
    (run): run is Run & { startedAt: Instant } => run.startedAt !== null && now - run.startedAt >= overdueMs,
  );
  quiet.keep(new Set(old.map(({ id }) => id)));
  const found: RunningFacts[] = [];
  for (const run of old) {
    const usualMs = await usual.of(run.jobId);
    if (usualMs === null || now - run.startedAt <= 3 * usualMs) continue;
    const seen = await quiet.look(run, now);
    if (seen === null) continue;
    const { quietSince, wroteAt } = seen;
    const { jobId, id: runId, createdAt: runCreatedAt, startedAt } = run;
    found.push({ jobId, runId, runCreatedAt, startedAt, quietSince, wroteAt, usualMs });
  }
  return found;
}
