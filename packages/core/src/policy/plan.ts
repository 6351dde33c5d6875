/**
 * What the due instants of one job become. Pure: the same facts always give the same rows.
 *
 * The instants were enumerated before the transaction (`enumerate.ts`); this is what is decided inside it, with the
 * job's row locked: gates, instants that coincide, overlap with live runs and among themselves.
 */
import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { beginsDirectly, neededLabels, type CatchUp, type Job, type JobDefinition } from '../model/job.ts';
import type { Gap, Occurrence, SkipReason } from '../model/occurrence.ts';
import type { Priority, Trigger } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';
import type { BreakerPolicy } from '../model/trouble.ts';
import type { Closed } from '../schedule/opening.ts';
import type { Fate, Span } from './enumerate.ts';
import type { Known } from './known.ts';
import { breakerLets } from './breaker.ts';
import { decideGate, openGates, type GateDecision, type GateFacts } from './gate.ts';
import { ledgerRows, type Settled } from './ledger-rows.ts';
import { decideOverlap, slotsOf, standsInTheWay, type Blocker, type OverlapDecision } from './overlap.ts';

/** A run to be made, in the shape of the store's `NewRun`. */
export interface PlannedRun {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly jobId: Id;
  readonly jobVersion: number;
  readonly trigger: Trigger;
  readonly scheduleId: Id;
  readonly dueAt: Instant;
  readonly priority: Priority;
  readonly queue: string;
  readonly workerLabels: readonly string[];
  readonly onLost: 'fail' | 'rerun';
  readonly slots: number | null;
  readonly direct: boolean;
  readonly locks: readonly string[];
  readonly availableAt: Instant;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly note: null;
  readonly requestedBy: null;
  readonly cause: Reference | null;
  readonly reason: string | null;
}

/** A run that has to make room for `by`. */
export interface Displaced extends Reference {
  readonly state: Blocker['state'];
  readonly reason: 'superseded' | 'replaced';
  readonly by: Id;
}

export interface PlanFacts {
  readonly job: Job;
  /** The schedules that this planner may write, with their fates, ascending. */
  readonly schedules: readonly { readonly schedule: Schedule; readonly fates: readonly Fated[] }[];
  /** Waiting and live runs of the job, oldest first. */
  readonly live: readonly (Blocker & { readonly trigger: Trigger })[];
  readonly now: Instant;
  /** The next unused id. Never more than there are instants to dispatch. */
  readonly nextId: () => Id;
  /** Earliest start of an occurrence: with jitter, and for catch-up at the drain rate. */
  readonly availableAt: (run: {
    readonly schedule: Schedule;
    readonly dueAt: Instant;
    readonly trigger: Trigger;
  }) => Instant;
  readonly gates?: Partial<GateFacts>;
  /** The run of a prerequisite that failed: what is skipped for it names it. */
  readonly failedPrerequisite?: Reference | null;
  /** The policy by which missed instants were chosen; the job's when absent. */
  readonly catchUp?: CatchUp['policy'];
  /** What an open breaker that has cooled off does; default `manual`: nothing by itself. */
  readonly breakerPolicy?: BreakerPolicy;
  /** What closes the present moment for a schedule's runs, and until when; nothing when absent. */
  readonly closedNow?: (schedule: Schedule) => Closed | null;
}

export interface Plan {
  readonly occurrences: readonly Occurrence[];
  readonly gaps: readonly Gap[];
  readonly runs: readonly PlannedRun[];
  readonly displaced: readonly Displaced[];
  /** The run that tries whether a stopped job works again; null when none of them does. */
  readonly trial: Id | null;
  /** The job has had all the runs it may have: its schedules name nothing more. */
  readonly completed: boolean;
}

/** What a schedule's instants are before the job is asked, and after. */
type Fated = Fate | Span | Known;
type Entry = Settled | Span | Known;
type Due = Extract<Fate, { kind: 'dispatch' }> & { readonly schedule: Schedule };
interface Standing extends Blocker {
  readonly trigger: Trigger;
}

export function planJob(facts: PlanFacts): Plan {
  const { job, now } = facts;
  const schedules = oneForJob(facts.schedules);
  const { definition } = job;
  const remaining = (definition.maxRuns ?? Infinity) - job.automaticRuns;
  const settled = new Map<Id, (Settled | Span)[]>(schedules.map(({ schedule }) => [schedule.id, []]));
  const runs: PlannedRun[] = [];
  const displaced: Displaced[] = [];
  let standing: Standing[] = [...facts.live];
  let trial: Id | null = null;
  const lets = letsThrough(facts);

  const settle = (
    due: Due,
    end: Omit<Extract<Settled, { kind: 'skip' }>, 'dueAt'> | Omit<Extract<Settled, { kind: 'run' }>, 'dueAt'>,
  ): void => {
    settled.get(due.schedule.id)?.push({ ...end, dueAt: due.dueAt });
  };
  const skip = (dues: readonly Due[], reason: SkipReason, cause: Reference | null): void => {
    for (const due of dues) settle(due, { kind: 'skip', reason, cause });
  };
  const displace = (blockers: readonly Blocker[], reason: Displaced['reason'], by: Id): void => {
    for (const { id, createdAt, state } of blockers) displaced.push({ id, createdAt, state, reason, by });
    const gone = new Set(blockers.filter(({ state }) => state === 'queued').map(({ id }) => id));
    standing = standing.filter(({ id }) => !gone.has(id));
  };

  for (const dues of byInstant(schedules)) {
    const [winner, ...others] = dues;
    if (winner === undefined || runs.length >= remaining) break;
    const gate = gateOf(winner, facts, isStopped(lets, trial));
    if (gate.kind === 'refuse') {
      skip(dues, gate.reason, causeOf(gate.reason, facts));
      continue;
    }
    const blockers = inTheWayOf(winner, standing, facts);
    const decision = decideOverlap({ overlap: definition.overlap, maxConcurrent: definition.maxConcurrent, blockers });
    if (decision.kind === 'skip') {
      skip(dues, 'overlap', decision.cause);
      continue;
    }
    const reference: Reference = { id: facts.nextId(), createdAt: now };
    trial = trialOf(lets, reference);
    if (decision.kind === 'supersede') displace(decision.older, 'superseded', reference.id);
    if (decision.kind === 'replace') displace(decision.blockers, 'replaced', reference.id);
    const availableAt = Math.max(facts.availableAt(winner) + gate.heldMs, winner.deferredTo ?? 0);
    runs.push(newRun(job, winner, { ...reference, availableAt, reason: reasonOf(winner, gate, decision, now) }));
    standing.push({ ...reference, state: 'queued', trigger: winner.trigger });
    settle(winner, { kind: 'run', run: reference });
    skip(others, 'coalesced', reference);
  }

  const ids = new Set(runs.map(({ id }) => id));
  const rows = schedules.map(({ schedule, fates }) =>
    ledgerRows(schedule, nameCauses(merge(fates, settled.get(schedule.id) ?? []), ids), {
      decidedAt: now,
      rowsOfMisfire: rowsOfMisfire(definition),
    }),
  );
  return {
    occurrences: rows.flatMap(({ occurrences }) => occurrences),
    gaps: rows.flatMap(({ gaps }) => gaps),
    runs,
    // A run that was made and displaced in the same pass is ended like any other.
    displaced,
    trial,
    completed: runs.length >= remaining,
  };
}

const letsThrough = ({ job, live, now, breakerPolicy: policy = 'manual' }: PlanFacts) =>
  breakerLets({ job, policy, live, now });
type Lets = ReturnType<typeof letsThrough>;
/** One run is the trial: what is due beside it is refused. */
const isStopped = (lets: Lets, trial: Id | null): boolean => lets === 'refuse' || trial !== null;
const trialOf = (lets: Lets, { id }: Reference): Id | null => (lets === 'trial' ? id : null);

function causeOf(reason: SkipReason, { failedPrerequisite = null }: PlanFacts): Reference | null {
  return reason === 'dependency' ? failedPrerequisite : null;
}

/** @returns with `heldMs`, how much later than it would otherwise a run may start; what is spread over time stays spread */
function gateOf(due: Due, facts: PlanFacts, breakerOpen: boolean): GateDecision & { readonly heldMs: Millis } {
  const closed = due.trigger === 'catch_up' ? (facts.closedNow?.(due.schedule) ?? null) : null;
  const closedNow = closed?.reason ?? null;
  const gate = decideGate(due.trigger, {
    ...openGates,
    breakerOpen,
    ...facts.gates,
    active: facts.job.active,
    closedNow,
  });
  if (gate.kind !== 'wait' || closed === null) return { ...gate, heldMs: 0 };
  // One that waits for a moment that never comes would wait for ever.
  if (closed.opensAt === null) return { kind: 'refuse', reason: gate.reason, heldMs: 0 };
  return { ...gate, heldMs: closed.opensAt - facts.now };
}

/** What a person is to look at stands in one gap, not in a hundred rows. */
function rowsOfMisfire({ catchUp }: JobDefinition): number | undefined {
  return catchUp.policy === 'all' || catchUp.policy === 'manual' ? 1 : undefined;
}

/** Why the run waits; null when it does not. */
function reasonOf({ deferredTo = 0 }: Due, gate: GateDecision, { kind }: OverlapDecision, now: Instant): string | null {
  if (gate.kind === 'wait') return gate.reason;
  if (deferredTo > now) return 'blackout';
  return kind === 'dispatch' ? null : 'overlap';
}

/** One run after maintenance is one for the job, however many of its schedules were held: the newest. */
function oneForJob(schedules: PlanFacts['schedules']): PlanFacts['schedules'] {
  const isOne = (fate: Fated): fate is Extract<Fate, { kind: 'dispatch' }> =>
    fate.kind === 'dispatch' && fate.resumed === 'one';
  const newest = Math.max(...schedules.flatMap(({ fates }) => fates.filter(isOne).map(({ dueAt }) => dueAt)));
  if (newest === -Infinity) return schedules;
  const folded = (fate: Fated): Fated =>
    isOne(fate) && fate.dueAt < newest ? { kind: 'skip', dueAt: fate.dueAt, reason: 'maintenance' } : fate;
  return schedules.map(({ schedule, fates }) => ({ schedule, fates: fates.map(folded) }));
}

/**
 * Missed instants of `all`, and those of a pause or of maintenance that are run after all, go one after the other: they
 * do not stand in each other's way.
 */
function inTheWayOf(due: Due, standing: readonly Standing[], facts: PlanFacts): readonly Standing[] {
  const oneByOne = due.resumed !== undefined || (facts.catchUp ?? facts.job.definition.catchUp.policy) === 'all';
  const others = standing.filter(standsInTheWay);
  return due.trigger === 'catch_up' && oneByOne ? others.filter(({ trigger }) => trigger !== 'catch_up') : others;
}

/** Instants to dispatch, ascending; those that coincide together, the highest priority (then the oldest schedule) first. */
function byInstant(schedules: PlanFacts['schedules']): Due[][] {
  const all = schedules.flatMap(({ schedule, fates }) =>
    fates.flatMap((fate): Due[] => (fate.kind === 'dispatch' ? [{ ...fate, schedule }] : [])),
  );
  const groups = Map.groupBy(all, ({ dueAt }) => dueAt);
  return [...groups.values()]
    .map((dues) => dues.toSorted((a, b) => b.schedule.priority - a.schedule.priority || a.schedule.id - b.schedule.id))
    .toSorted(([a], [b]) => (a?.dueAt ?? 0) - (b?.dueAt ?? 0));
}

/** Puts what was settled among what the schedule alone had decided. An instant after the last allowed run is in neither. */
function merge(fates: readonly Fated[], settled: readonly Entry[]): Entry[] {
  const skipped = fates.flatMap((fate): Entry[] => {
    if (fate.kind === 'span' || fate.kind === 'known') return [fate];
    return fate.kind === 'skip' ? [{ kind: 'skip', dueAt: fate.dueAt, reason: fate.reason, cause: null }] : [];
  });
  const at = (entry: Entry): Instant => (entry.kind === 'span' ? entry.fromAt : entry.dueAt);
  return [...skipped, ...settled].toSorted((a, b) => at(a) - at(b));
}

/** Instants folded into a later one name its run. */
function nameCauses(entries: Entry[], made: ReadonlySet<Id>): Entry[] {
  let next: Reference | null = null;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index] as Entry;
    if (entry.kind === 'run') next = made.has(entry.run.id) ? entry.run : null;
    else if (entry.kind === 'skip' && entry.reason === 'coalesced' && entry.cause === null)
      entries[index] = { ...entry, cause: next };
    else if (entry.kind === 'skip' && entry.reason === 'overlap') next = null;
  }
  return entries;
}

function newRun(job: Job, due: Due, run: Pick<PlannedRun, 'id' | 'createdAt' | 'availableAt' | 'reason'>): PlannedRun {
  const { definition } = job;
  return {
    ...run,
    jobId: job.id,
    jobVersion: job.version,
    trigger: due.trigger,
    scheduleId: due.schedule.id,
    dueAt: due.dueAt,
    priority: definition.priority,
    queue: definition.queue,
    workerLabels: neededLabels(definition),
    onLost: definition.onLost,
    slots: slotsOf(definition),
    direct: beginsDirectly(definition),
    locks: definition.locks ?? [],
    parameters: defaultParameters(definition),
    note: null,
    requestedBy: null,
    cause: null,
  };
}

/** What a run gets that nobody gave parameters to. */
export function defaultParameters({ parameters }: Pick<JobDefinition, 'parameters'>): Record<string, unknown> {
  return Object.fromEntries(
    parameters
      .filter((parameter) => parameter.default !== null)
      .map((parameter) => [parameter.name, parameter.default]),
  );
}
