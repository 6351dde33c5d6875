/** What a pause that ends leaves behind: its instants, counted or run after all, and where each schedule counts from. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job, ResumePolicy } from '../model/job.ts';
import type { Gap, LedgerEntry, Occurrence } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { newestOf } from '../schedule/newest.ts';
import { occurrencesOf } from '../schedule/occurrences.ts';
import { closedAt } from '../schedule/opening.ts';
import type { Fate } from './enumerate.ts';
import { planJob, type Plan, type PlanFacts } from './plan.ts';
import { hasHadAllRuns } from './plannable.ts';
import { resumeSchedule } from './resume.ts';

export interface AfterPauseFacts {
  /** As it stands while paused. */
  readonly job: Job;
  readonly schedules: readonly Schedule[];
  readonly live: PlanFacts['live'];
  /** Entries beyond the cursors. */
  readonly known: readonly LedgerEntry[];
  /** When the pause ended: what was due since then was not paused. */
  readonly at: Instant;
  readonly now: Instant;
  readonly nextId: () => Id;
  /** Starts a second. */
  readonly drainRate: number;
}

export interface AfterPause {
  readonly schedules: readonly Schedule[];
  readonly gaps: readonly Gap[];
  readonly plan: Plan;
}

/** How many ids {@link planAfterPause} may use up. */
export function mostAfterPause({ onResume, definition }: Job, schedules: number): number {
  return { none: 0, last: 1, all: definition.catchUp.max }[onResume ?? 'none'] * schedules;
}

/** `none` counts everything in a gap; `last` runs the newest instant, `all` the oldest ones up to `catch_up.max`. */
export function planAfterPause(facts: AfterPauseFacts): AfterPause {
  const { job, at, now, known } = facts;
  const isOver = hasHadAllRuns(job);
  const remaining = (job.definition.maxRuns ?? Infinity) - job.automaticRuns;
  const onResume = isOver ? 'none' : (job.onResume ?? 'none');
  let left = remaining;
  const chosen = facts.schedules.map((schedule) => {
    const wanted = schedule.active ? wantedOf(schedule, { onResume, at, job }) : [];
    const unknown = wanted.filter((dueAt) => !known.some((entry) => isAbout(entry, schedule.id, dueAt)));
    const instants = unknown.slice(0, left);
    left -= instants.length;
    return { schedule, instants };
  });
  const resumed = chosen.map(({ schedule, instants }) =>
    resumeSchedule(schedule, {
      at,
      now,
      isOver,
      known: [...known, ...instants.map((dueAt) => entryOf(schedule, dueAt))],
    }),
  );
  let nth = 0;
  const plan = planJob({
    job: { ...job, active: true },
    schedules: chosen.map(({ schedule, instants }) => ({
      schedule,
      fates: instants.map((dueAt): Fate => ({ kind: 'dispatch', dueAt, trigger: 'catch_up' })),
    })),
    live: facts.live,
    now,
    nextId: facts.nextId,
    catchUp: onResume === 'none' ? 'none' : onResume,
    availableAt: () => now + Math.ceil((1000 / facts.drainRate) * nth++),
    closedNow: ({ spec }) => closedAt(spec, now),
  });
  const isThrough = plan.runs.length > 0 && plan.completed;
  return {
    schedules: resumed.map(({ schedule }) => (isThrough ? { ...schedule, planAt: null, nextDueAt: null } : schedule)),
    gaps: resumed.flatMap(({ gaps }) => gaps),
    plan,
  };
}

function wantedOf(
  { spec, cursorAt }: Schedule,
  { onResume, at, job }: { readonly onResume: ResumePolicy; readonly at: Instant; readonly job: Job },
): readonly Instant[] {
  if (onResume === 'none' || cursorAt >= at) return [];
  if (onResume === 'all') return occurrencesOf(spec, { after: cursorAt, until: at, limit: job.definition.catchUp.max });
  const newest = newestOf(spec, cursorAt, at);
  return newest === null ? [] : [newest];
}

function isAbout(entry: LedgerEntry, scheduleId: Id, dueAt: Instant): boolean {
  if (entry.scheduleId !== scheduleId) return false;
  return entry.kind === 'gap' ? entry.fromAt <= dueAt && dueAt <= entry.toAt : entry.dueAt === dueAt;
}

/** Stands for an instant that has its own row, so that no gap counts it. */
function entryOf({ id, revision }: Schedule, dueAt: Instant): Occurrence {
  return {
    kind: 'occurrence',
    scheduleId: id,
    dueAt,
    revision,
    runId: null,
    runCreatedAt: null,
    reason: 'paused',
    causeRunId: null,
    causeCreatedAt: null,
    decidedAt: dueAt,
  };
}
