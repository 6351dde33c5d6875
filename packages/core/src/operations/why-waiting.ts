/** Why runs wait: by the same facts that the worker's claim sees. */
import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { neededLabels, type Job, type JobDefinition } from '../model/job.ts';
import { endOfWindow, farthest, type MaintenanceWindow } from '../model/maintenance.ts';
import type { ReasonFacts } from '../model/reason-text.ts';
import type { WaitingReason } from '../model/reasons.ts';
import { countsFor, Rooms, type Limited } from '../model/limit.ts';
import type { Run } from '../model/run.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Worker } from '../model/worker.ts';
import { slotsOf } from '../policy/overlap.ts';
import { expectedStart } from '../policy/expected.ts';
import { fullBound, missingOf, serves, takersOf, waitingReason } from '../policy/waiting.ts';
import { closureAt } from '../schedule/filters.ts';
import { holds } from '../schedule/resolve.ts';
import { spokenDuration } from '../schedule/spoken.ts';
import type { Holding } from '../store/limit-table.ts';
import type { LinePlace, LiveRun } from '../store/run-table.ts';
import type { Store } from '../store/store.ts';
import { closureFacts, explain, shortName, told, type Explanation, type ExplanationLink } from './explanation.ts';

export interface WaitingOptions {
  /** A worker silent for longer takes no runs. */
  readonly lostAfterMs: Millis;
  readonly ageingMs: Millis;
  readonly drainRate: number;
}

/** An answer with its place, as far as that is known. */
export interface WaitingExplained extends Explanation {
  /** From 1, among those of its queue that could be claimed; null for one whose instant is ahead, and far back. */
  readonly position: number | null;
  /** Null where nobody can tell. */
  readonly expectedAt: Instant | null;
}

/** Of a line, the part whose places are told. */
const mostPlaced = 1000;
/** Live runs that are looked at to tell who stands in the way. */
const mostLiving = 1000;
/** Jobs whose usual length is looked up. */
const mostTimed = 500;
/** Blockers that an answer names. */
const mostNamed = 5;

/** By run, for those of `runs` that wait. */
export async function explainWaiting(
  store: Store,
  runs: readonly Run[],
  options: WaitingOptions,
): Promise<ReadonlyMap<Id, WaitingExplained>> {
  const waiting = runs.filter(({ state }) => state === 'queued');
  if (waiting.length === 0) return new Map();
  const seen = await seenBy(store, waiting, options);
  const explained = new Map<Id, WaitingExplained>();
  for (const run of waiting) {
    const asked = askedOf(run, seen);
    const { ofJob, slots, now, workers, halted, heldSince, rooms, limited } = asked;
    const code = waitingReason({
      run: asked.run,
      now,
      workers,
      halted,
      held: heldSince !== null,
      liveOfJob: ofJob.length,
      slots,
      paused: rooms.pauseOf(run.queue) !== null,
      bounds: rooms.boundsOf(limited),
    });
    const place = placeOf(run.id, code, asked);
    const facts = { ...factsOf[code]?.(asked), ...place.facts };
    explained.set(run.id, {
      ...explain(code, 'waiting', facts, blockersOf(code, asked).slice(0, mostNamed).map(linkTo)),
      position: place.position,
      expectedAt: place.expectedAt,
    });
  }
  return explained;
}

function blockersOf(code: WaitingReason, { ofJob, living, rooms, limited }: Asked): readonly Reference[] {
  if (code === 'overlap' || code === 'concurrency_job') return ofJob;
  const full = code.startsWith('concurrency_') ? fullBound(rooms.boundsOf(limited)) : null;
  return full === null ? [] : living.filter((held) => countsFor(full, held)).map(({ run }) => run);
}

/** Its place among those that could be claimed, and when it is likely to start: by the limit that is full, else by workers. */
function placeOf(
  id: Id,
  code: WaitingReason,
  asked: Asked,
): { readonly facts: ReasonFacts; readonly position: number | null; readonly expectedAt: Instant | null } {
  const { run, line, rooms, limited, living, now, usual, zone, workers, slots } = asked;
  const at = line.findIndex(({ runId }) => runId === id);
  if (at < 0) return { facts: {}, position: null, expectedAt: null };
  const timed = ({ jobId, startedAt }: { readonly jobId: Id; readonly startedAt?: Instant | null }) => ({
    startedAt: startedAt ?? null,
    lengthMs: usual.get(jobId) ?? null,
  });
  const before = line.slice(0, at);
  const full = fullBound(rooms.boundsOf(limited));
  let expectedAt: Instant | null = null;
  if (code === 'next_in_line') {
    const serving = workers.filter((worker) => serves(worker, run));
    const ids = new Set(serving.map((worker) => worker.id));
    const theirs = living.filter(({ workerId }) => ids.has(workerId)).map(timed);
    const all = serving.reduce((sum, worker) => sum + worker.slots, 0);
    expectedAt = expectedStart({ now, slots: all, living: theirs, ahead: before.map(timed) });
  } else if (code === 'overlap' || code === 'concurrency_job') {
    const own = ({ jobId }: { readonly jobId: Id }): boolean => jobId === run.jobId;
    const theirs = living.filter(own).map(timed);
    expectedAt = expectedStart({ now, slots: slots ?? 0, living: theirs, ahead: before.filter(own).map(timed) });
  } else if (full !== null && code.startsWith('concurrency_')) {
    const own = (each: Limited): boolean => countsFor(full, each);
    const theirs = living.filter(own).map(timed);
    expectedAt = expectedStart({ now, slots: full.slots, living: theirs, ahead: before.filter(own).map(timed) });
  }
  const facts = { position: at + 1, length: line.length, queue: run.queue, expected: told(expectedAt, zone) };
  return { facts: line.length < mostPlaced ? facts : { ...facts, length: null }, position: at + 1, expectedAt };
}

/** What the runs of one question share. */
interface Seen extends Pick<
  Asked,
  | 'now'
  | 'workers'
  | 'lastBeat'
  | 'drainRate'
  | 'windows'
  | 'halted'
  | 'heldSince'
  | 'rooms'
  | 'living'
  | 'usual'
  | 'people'
> {
  /** By queue. */
  readonly lines: ReadonlyMap<string, readonly LinePlace[]>;
  readonly live: readonly LiveRun[];
  readonly jobs: ReadonlyMap<Id, Job>;
  readonly specs: ReadonlyMap<Id, ScheduleSpec>;
}

async function seenBy(
  store: Store,
  waiting: readonly Run[],
  { lostAfterMs, ageingMs, drainRate }: WaitingOptions,
): Promise<Seen> {
  const jobIds = [...new Set(waiting.map((run) => run.jobId))];
  const queues = [...new Set(waiting.map((run) => run.queue))];
  const placed = queues.map((queue) => store.runs.line(queue, { stepMs: ageingMs, limit: mostPlaced }));
  // None of these waits for another: over a network each alone costs a journey.
  const [now, known, { settledAt, noticedAt }, living, limits, windows, live, jobs, schedules, ...inLine] =
    await Promise.all([
      store.now(),
      store.workers.list(),
      store.lineage.look(),
      store.limits.holdings(mostLiving),
      store.limits.list(),
      store.maintenance.unsettled(),
      store.runs.leased(jobIds),
      store.jobs.byIds(jobIds),
      store.schedules.ofJobs(jobIds),
      ...placed,
    ]);
  const { alive, takers } = takersOf(known, { now, lostAfterMs });
  const lines = new Map(queues.map((queue, at) => [queue, inLine[at] ?? []]));
  const before = inLine.flatMap((line) => beforeLast(line, waiting));
  const timed = new Set([...living, ...before].map(({ jobId }) => jobId));
  return {
    lines,
    living,
    rooms: new Rooms(
      limits,
      living.map((held) => ({ ...held, count: 1 })),
    ),
    people: limits.some(({ kind }) => kind === 'person') ? await namesOf(store, lines.values()) : new Map(),
    usual: await store.timeline.usual([...timed].slice(0, mostTimed)),
    now,
    drainRate,
    windows,
    heldSince: settledAt === null ? noticedAt : null,
    workers: takers,
    halted: alive.length - takers.length,
    lastBeat: known.length === 0 ? null : Math.max(...known.map(({ beatAt }) => beatAt)),
    live,
    jobs,
    specs: new Map(schedules.map(({ id, spec }) => [id, spec])),
  };
}

/** What has to start before the last of the runs does: nothing further back is worth asking how long it takes. */
function beforeLast(line: readonly LinePlace[], runs: readonly Run[]): readonly LinePlace[] {
  const ids = new Set(runs.map(({ id }) => id));
  const last = line.findLastIndex(({ runId }) => ids.has(runId));
  return last < 0 ? [] : line.slice(0, last);
}

function labelled(run: Run, definition: JobDefinition | undefined): Pick<Asked, 'run' | 'tags'> {
  if (definition === undefined) return { run: { ...run, workerLabels: [] }, tags: [] };
  return { run: { ...run, workerLabels: neededLabels(definition) }, tags: definition.tags };
}

/** Of whose jobs some wait. */
async function namesOf(store: Store, lines: Iterable<readonly LinePlace[]>): Promise<ReadonlyMap<Id, string>> {
  const names = new Map<Id, string>();
  for (const person of new Set([...lines].flat().flatMap((place) => place.person ?? []))) {
    const known = names.size < mostNamed * 20 ? await store.people.get(person) : null;
    if (known !== null) names.set(person, known.name);
  }
  return names;
}

/** What a run counts against: as its place in the line says, else as its job does. */
function limitedOf(run: Run, line: readonly LinePlace[], job: Job | undefined): Limited {
  const own = line.find(({ runId }) => runId === run.id);
  return own ?? { queue: run.queue, locks: job?.definition.locks ?? [], person: job?.ownerId ?? null };
}

function askedOf(run: Run, { live, jobs, specs, lines, ...shared }: Seen): Asked {
  const job = jobs.get(run.jobId);
  const definition = job?.definition;
  const line = lines.get(run.queue) ?? [];
  const spec = run.scheduleId === null ? null : (specs.get(run.scheduleId) ?? null);
  return {
    ...shared,
    ...labelled(run, definition),
    line,
    limited: limitedOf(run, line, job),
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
  readonly workers: readonly Worker[];
  /** Of its queue, in the order of claims. */
  readonly line: readonly LinePlace[];
  /** What it counts against. */
  readonly limited: Limited;
  readonly living: readonly Holding[];
  readonly rooms: Rooms;
  /** What runs of a job usually take. */
  readonly usual: ReadonlyMap<Id, Millis>;
  readonly people: ReadonlyMap<Id, string>;
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

/** The limit that is full, in the words of its sentence. */
function boundFacts({ rooms, limited, people, run }: Asked): ReasonFacts {
  const full = fullBound(rooms.boundsOf(limited));
  if (full === null) return {};
  const person = full.kind === 'person' ? (people.get(Number(full.name)) ?? null) : null;
  return { used: full.used, limit: full.slots, lock: full.name, queue: run.queue, person };
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
  concurrency_lock: boundFacts,
  concurrency_queue: boundFacts,
  concurrency_person: boundFacts,
  concurrency_global: boundFacts,
  queue_paused: ({ run, rooms }) => ({ queue: run.queue, by: rooms.pauseOf(run.queue)?.changedBy ?? null }),
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
