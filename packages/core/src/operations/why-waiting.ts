/** Why runs wait: by the same facts that the worker's claim sees. */
import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { neededLabels, type Job, type JobDefinition } from '../model/job.ts';
import { endOfWindow, farthest, type MaintenanceWindow } from '../model/maintenance.ts';
import type { ReasonFacts } from '../model/reason-text.ts';
import type { WaitingReason } from '../model/reasons.ts';
import type { Run } from '../model/run.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { slotsOf } from '../policy/overlap.ts';
import { missingOf, takersOf, waitingReason } from '../policy/waiting.ts';
import { closureAt } from '../schedule/filters.ts';
import { holds } from '../schedule/resolve.ts';
import { spokenDuration } from '../schedule/spoken.ts';
import type { LiveRun } from '../store/run-table.ts';
import type { Store } from '../store/store.ts';
import { closureFacts, explain, shortName, told, type Explanation, type ExplanationLink } from './explanation.ts';

export interface WaitingOptions {
  /** A worker silent for longer takes no runs. */
  readonly lostAfterMs: Millis;
  readonly drainRate: number;
}

/** Runs whose place in the line is told; of more it would be a count each. */
const mostPlaced = 20;
/** The store counts a line no further. */
const mostInLine = 1000;

/** By run, for those of `runs` that wait. */
export async function explainWaiting(
  store: Store,
  runs: readonly Run[],
  options: WaitingOptions,
): Promise<ReadonlyMap<Id, Explanation>> {
  const waiting = runs.filter(({ state }) => state === 'queued');
  if (waiting.length === 0) return new Map();
  const seen = await seenBy(store, waiting, options);
  const explained = new Map<Id, Explanation>();
  for (const run of waiting) {
    const asked = askedOf(run, seen);
    const { ofJob, slots, now, workers, halted, heldSince } = asked;
    const held = heldSince !== null;
    const code = waitingReason({ run: asked.run, now, workers, halted, held, liveOfJob: ofJob.length, slots });
    const place = code === 'next_in_line' && waiting.length <= mostPlaced ? await placeOf(store, run) : {};
    const inTheWay = code === 'overlap' || code === 'concurrency_job' ? ofJob : [];
    explained.set(run.id, explain(code, 'waiting', { ...factsOf[code]?.(asked), ...place }, inTheWay.map(linkTo)));
  }
  return explained;
}

/** What the runs of one question share. */
interface Seen extends Pick<Asked, 'now' | 'workers' | 'lastBeat' | 'drainRate' | 'windows' | 'halted' | 'heldSince'> {
  readonly live: readonly LiveRun[];
  readonly jobs: ReadonlyMap<Id, Job>;
  readonly specs: ReadonlyMap<Id, ScheduleSpec>;
}

async function seenBy(
  store: Store,
  waiting: readonly Run[],
  { lostAfterMs, drainRate }: WaitingOptions,
): Promise<Seen> {
  const now = await store.now();
  const known = await store.workers.list();
  const { alive, takers } = takersOf(known, { now, lostAfterMs });
  const jobIds = [...new Set(waiting.map((run) => run.jobId))];
  const { settledAt, noticedAt } = await store.lineage.look();
  return {
    now,
    drainRate,
    windows: await store.maintenance.unsettled(),
    heldSince: settledAt === null ? noticedAt : null,
    workers: takers,
    halted: alive.length - takers.length,
    lastBeat: known.length === 0 ? null : Math.max(...known.map(({ beatAt }) => beatAt)),
    live: (await store.runs.live(jobIds)).filter((run) => run.state !== 'queued'),
    jobs: await store.jobs.byIds(jobIds),
    specs: new Map((await store.schedules.ofJobs(jobIds)).map(({ id, spec }) => [id, spec])),
  };
}

function labelled(run: Run, definition: JobDefinition | undefined): Pick<Asked, 'run' | 'tags'> {
  if (definition === undefined) return { run: { ...run, workerLabels: [] }, tags: [] };
  return { run: { ...run, workerLabels: neededLabels(definition) }, tags: definition.tags };
}

function askedOf(run: Run, { live, jobs, specs, ...shared }: Seen): Asked {
  const definition = jobs.get(run.jobId)?.definition;
  const spec = specs.get(run.scheduleId ?? -1) ?? null;
  return {
    ...shared,
    ...labelled(run, definition),
    spec,
    zone: spec?.timezone ?? 'UTC',
    ofJob: live.filter(({ jobId }) => jobId === run.jobId),
    slots: definition === undefined ? null : slotsOf(definition),
  };
}

const linkTo = (run: Reference): ExplanationLink => ({ kind: 'run', of: run, text: `Run ${shortName(run)}` });

interface Asked {
  readonly run: Run & { readonly workerLabels: readonly string[] };
  readonly spec: ScheduleSpec | null;
  readonly zone: string;
  readonly now: Instant;
  /** Starting and running ones of its job. */
  readonly ofJob: readonly LiveRun[];
  readonly slots: number | null;
  readonly workers: readonly { readonly queues: readonly string[]; readonly labels: readonly string[] }[];
  /** Workers that are alive and take nothing now. */
  readonly halted: number;
  /** Since when nothing is claimed, as the database changed; null while it is. */
  readonly heldSince: Instant | null;
  readonly lastBeat: Instant | null;
  readonly drainRate: number;
  readonly tags: readonly string[];
  /** Maintenance that is not over. */
  readonly windows: readonly MaintenanceWindow[];
}

const untilStart = ({ run, zone }: Asked): ReasonFacts => ({
  at: told(run.availableAt, zone),
  until: told(run.availableAt, zone),
});

/** Which blackout or holiday it waits out: the one at its instant, else the one that closes the present. */
function closing(asked: Asked): ReasonFacts {
  const { run, spec, now, zone } = asked;
  const at = spec === null || run.dueAt === null ? null : closureAt(spec, run.dueAt);
  const closure = spec === null ? null : (at ?? closureAt(spec, now));
  return { ...closureFacts(closure, zone), ...untilStart(asked) };
}

/** Until when maintenance holds it, and who began that: of several windows the one that it was placed behind. */
function maintenance({ run, tags, windows, zone }: Asked): ReasonFacts {
  const holder = { jobId: run.jobId, tags };
  const held = windows.find((window) => holds(window, holder) && endOfWindow(window) === run.availableAt);
  const until = run.availableAt === farthest ? null : told(run.availableAt, zone);
  return { until: until ?? 'somebody ends it', by: held?.by ?? null };
}

/** What the sentence of a reason asks for; of those that are not here nothing is known yet. */
const factsOf: Partial<Readonly<Record<WaitingReason, (asked: Asked) => ReasonFacts>>> = {
  retry_delay: (asked) => ({
    ...untilStart(asked),
    attempt: asked.run.attempt + 1,
    delay: asked.run.availableAt === null ? null : spokenDuration(asked.run.availableAt - asked.now),
  }),
  database_changed: ({ heldSince, zone }) => ({ at: told(heldSince, zone) }),
  worker_offline: ({ lastBeat, zone }) => ({ since: told(lastBeat, zone) }),
  no_worker_matches: ({ run, workers }) => ({ missing: missingOf(run, workers) }),
  concurrency_job: ({ ofJob, slots }) => ({
    used: ofJob.length,
    limit: slots,
    runs: ofJob.map(shortName).join(', '),
  }),
  overlap: ({ ofJob, zone }) => ({ run: shortName(ofJob[0]), since: told(ofJob[0]?.createdAt, zone) }),
  blackout: closing,
  holiday: closing,
  active_hours: untilStart,
  maintenance,
  rate_limit: (asked) => ({
    ...untilStart(asked),
    limit: asked.run.trigger === 'catch_up' ? asked.drainRate * 60 : null,
  }),
  jitter: (asked) => ({ ...untilStart(asked), spread: spokenDuration((asked.spec?.jitterSeconds ?? 0) * 1000) }),
};

async function placeOf(store: Store, { id, queue }: Run): Promise<ReasonFacts> {
  const place = await store.runs.ahead(id);
  if (place === null) return {};
  const { ahead, length } = place;
  return {
    position: ahead < mostInLine ? ahead + 1 : `beyond ${mostInLine}`,
    length: length < mostInLine ? length : `${mostInLine} or more`,
    queue,
  };
}
