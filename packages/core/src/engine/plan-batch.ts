/** T1: what is due becomes ledger rows and runs, in one transaction for many jobs (`CONTRACT.md` 3). */
import type { Id, Reference } from '../model/id.ts';
import { drawing, toUuid } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { occurrenceKey, type LedgerEntry } from '../model/occurrence.ts';
import { formatInstant } from '../model/instant.ts';
import type { Schedule } from '../model/schedule.ts';
import { liveBeside } from '../flow/live-beside.ts';
import { scriptsSeen, unapprovedOf, type ScriptSeer } from '../flow/script-gate.ts';
import { prerequisitesOf, type Prerequisites } from '../flow/prerequisites.ts';
import { enumerate, type Enumeration } from '../policy/enumerate.ts';
import { withoutKnown } from '../policy/known.ts';
import { missedOf } from '../policy/missed.ts';
import { planJob, type Plan, type PlannedRun } from '../policy/plan.ts';
import { jitterOf } from '../schedule/jitter.ts';
import { defaultBreaker, type BreakerSettings } from '../model/trouble.ts';
import { breakerOf } from '../policy/breaker.ts';
import { closedAt } from '../schedule/opening.ts';
import type { CursorMove, DueJob } from '../store/job-tables.ts';
import type { NewEvent } from '../store/event-table.ts';
import { missedEvent } from '../store/missed-event.ts';
import type { Store, Tables } from '../store/store.ts';
import { noteTrial } from '../store/note-trial.ts';
import { writePlan } from '../store/write-plan.ts';

/** A job with the instants of its due schedules. */
export interface Step {
  readonly job: Job;
  readonly schedules: readonly { readonly schedule: Schedule; readonly enumeration: Enumeration }[];
}

export interface StepFacts {
  readonly now: Instant;
  readonly toleranceMs: Millis;
  readonly limit: number;
  readonly clockGap: { readonly from: Instant; readonly to: Instant } | null;
  /** Catch-up runs of a backlog that earlier passes have begun on, by schedule. */
  readonly carried: ReadonlyMap<Id, number>;
}

/** Enumerates outside the transaction. @throws when a stored rule cannot be read */
export function stepOf({ job, schedules }: DueJob, { now, toleranceMs, limit, clockGap, carried }: StepFacts): Step {
  const due = schedules.filter(({ planAt }) => planAt !== null && planAt <= now);
  return {
    job,
    schedules: due.map((schedule) => ({
      schedule,
      enumeration: enumerate({
        schedule,
        now,
        toleranceMs,
        catchUp: job.definition.catchUp,
        limit,
        carried: carried.get(schedule.id) ?? 0,
        clockGap,
      }),
    })),
  };
}

/** How many ids a batch may use up. */
export function dispatchable(steps: readonly Step[]): number {
  const fates = steps.flatMap(({ schedules }) => schedules.flatMap(({ enumeration }) => enumeration.fates));
  return fates.filter(({ kind }) => kind === 'dispatch').length;
}

export interface BatchFacts {
  readonly now: Instant;
  readonly ids: readonly Id[];
  /** Earliest start of a catch-up run. */
  readonly drain: () => Instant;
  /** Default: `defaultBreaker`. */
  readonly breaker?: BreakerSettings;
  /** What scripts hold, where approval is required. */
  readonly look?: ScriptSeer | undefined;
  /** The scheduler whose counters this goes to, and its passes that are not in them yet. */
  readonly counting?: { readonly owner: Id; readonly passes: number };
}

export interface Planned {
  readonly runs: readonly PlannedRun[];
  readonly skipped: number;
  /** Live runs that were asked to make room. */
  readonly stopping: readonly Reference[];
  /** Schedules whose cursor this planner moved. */
  readonly moved: readonly Id[];
}

/** Other planners wait for its locks: one that is stopped in the midst of it lets go before a peer is two seconds late. */
const idleMs: Millis = 1000;

const nothing: Planned = { runs: [], skipped: 0, stopping: [], moved: [] };

/** @returns what was written; nothing for schedules that another planner, an edit or a pause was faster with */
export async function planBatch(store: Store, steps: readonly Step[], facts: BatchFacts): Promise<Planned> {
  if (steps.length === 0) return nothing;
  const jobs = steps.map(({ job }) => job);
  const look = facts.look === undefined ? undefined : scriptsSeen(jobs, facts.look);
  return store.transaction(
    async (tables) => {
      const ids = steps.map(({ job }) => job.id).toSorted((a, b) => a - b);
      await tables.jobs.lock(ids);
      const found = [...(await tables.jobs.byIds(ids))];
      const jobs = new Map(found.filter(([, job]) => job.active && job.deletedAt === null));
      const open = steps.filter(({ job }) => jobs.has(job.id));
      const won = new Set(await tables.schedules.advance(open.flatMap(({ schedules }) => schedules.map(moveOf))));
      if (won.size === 0) return nothing;
      const known = await knownAhead(tables, open, won);
      const plans = await decide(tables, open, { ...facts, look, jobs, won, known });
      const planned = await write(tables, plans, [...won]);
      const counts = {
        passes: facts.counting?.passes ?? 0,
        found: planned.runs.length + planned.skipped,
        dispatched: planned.runs.length,
        skipped: planned.skipped,
      };
      if (facts.counting !== undefined) await tables.upkeep.count(facts.counting.owner, counts);
      return planned;
    },
    { idleMs },
  );
}

function moveOf({ schedule, enumeration }: Step['schedules'][number]): CursorMove {
  return {
    scheduleId: schedule.id,
    revision: schedule.revision,
    cursorAt: schedule.cursorAt,
    newCursor: enumeration.cursorAt,
    newPlan: enumeration.planAt,
    newNext: enumeration.nextDueAt,
  };
}

/** By schedule. */
type KnownAhead = ReadonlyMap<Id, readonly LedgerEntry[]>;

async function knownAhead({ ledger }: Tables, steps: readonly Step[], won: ReadonlySet<Id>): Promise<KnownAhead> {
  const moved = steps.flatMap(({ schedules }) => schedules.map(({ schedule }) => schedule));
  const cursors = moved.filter(({ id }) => won.has(id)).map(({ id, cursorAt }) => ({ scheduleId: id, cursorAt }));
  return Map.groupBy(await ledger.ahead(cursors), ({ scheduleId }) => scheduleId);
}

interface Decided {
  readonly job: Job;
  readonly plan: Plan;
  readonly step: Step;
}

async function decide(
  tables: Tables,
  steps: readonly Step[],
  {
    now,
    ids,
    drain,
    jobs,
    won,
    known,
    look,
    breaker = defaultBreaker,
  }: BatchFacts & { readonly jobs: ReadonlyMap<Id, Job>; readonly won: ReadonlySet<Id>; readonly known: KnownAhead },
): Promise<readonly Decided[]> {
  const mine = steps.filter(({ schedules }) => schedules.some(({ schedule }) => won.has(schedule.id)));
  const nextId = drawing(ids);
  const waitsFor = new Map<Id, Prerequisites>();
  for (const { job } of mine) waitsFor.set(job.id, await prerequisitesOf(tables, jobs.get(job.id) ?? job, now));
  const mineNow = mine.map(({ job }) => jobs.get(job.id) ?? job);
  const live = Map.groupBy(await liveBeside(tables, mineNow), ({ jobId }) => jobId);
  const unapproved = look === undefined ? new Map<Id, string>() : await unapprovedOf(tables, mineNow, look);
  return mine.map((step): Decided => {
    const job = jobs.get(step.job.id) ?? step.job;
    const plan = planJob({
      job,
      schedules: step.schedules
        .filter(({ schedule }) => won.has(schedule.id))
        .map(({ schedule, enumeration }) => ({
          schedule,
          fates: withoutKnown(schedule.spec, enumeration.fates, known.get(schedule.id) ?? []),
        })),
      live: live.get(job.id) ?? [],
      now,
      breakerPolicy: breakerOf(job, breaker)?.policy ?? breaker.policy,
      gates: { approved: !unapproved.has(job.id), prerequisites: waitsFor.get(job.id)?.gate ?? 'none' },
      failedPrerequisite: waitsFor.get(job.id)?.cause ?? null,
      closedNow: ({ spec }) => closedAt(spec, now),
      nextId,
      availableAt: ({ schedule, dueAt, trigger }) => {
        if (trigger === 'catch_up') return drain();
        const key = occurrenceKey(toUuid(schedule), formatInstant(dueAt));
        return Math.max(now, dueAt + jitterOf(key, schedule.spec.jitterSeconds ?? 0));
      },
    });
    return { job, plan, step };
  });
}

async function write(tables: Tables, decided: readonly Decided[], moved: readonly Id[]): Promise<Planned> {
  const occurrences = decided.flatMap(({ plan }) => plan.occurrences);
  const { runs, stopping } = await writePlan(tables, {
    occurrences,
    gaps: decided.flatMap(({ plan }) => plan.gaps),
    runs: decided.flatMap(({ plan }) => plan.runs),
    displaced: decided.flatMap(({ plan }) => plan.displaced),
  });
  const made = new Set(runs.map(({ id }) => id));
  for (const { job, plan, step } of decided) {
    const count = plan.runs.filter(({ id }) => made.has(id)).length;
    if (count > 0 && job.definition.maxRuns !== null) await tables.jobs.countAutomaticRuns(job.id, count);
    if (plan.trial !== null && made.has(plan.trial)) await noteTrial(tables, job, plan.trial);
    if (plan.completed) await complete(tables, job, step);
  }
  await tables.events.append(decided.flatMap(missedEvents));
  return { runs, skipped: occurrences.length - runs.length, stopping, moved };
}

/** Nobody was there in time: told once a pass and schedule, so that it can be alerted of and made good. */
function missedEvents({ job, plan, step }: Decided): readonly NewEvent[] {
  return missedOf([...plan.occurrences, ...plan.gaps]).flatMap((missed) => {
    const schedule = step.schedules.find((each) => each.schedule.id === missed.scheduleId)?.schedule;
    return schedule === undefined ? [] : [missedEvent(job, schedule, missed)];
  });
}

/** The job has had its last automatic run: none of its schedules names another instant. */
async function complete(tables: Tables, job: Job, step: Step): Promise<void> {
  const moves = (await tables.schedules.ofJob(job.id)).map((schedule): CursorMove => {
    const stepped = step.schedules.find((each) => each.schedule.id === schedule.id);
    const cursorAt = Math.max(schedule.cursorAt, stepped?.enumeration.cursorAt ?? schedule.cursorAt);
    return {
      scheduleId: schedule.id,
      revision: schedule.revision,
      cursorAt: schedule.cursorAt,
      newCursor: cursorAt,
      newPlan: null,
      newNext: null,
    };
  });
  await tables.schedules.advance(moves);
  await tables.events.append([
    { kind: 'job.completed', jobId: job.id, jobCreatedAt: job.createdAt, data: { name: job.definition.name } },
  ]);
}
