/** What a pause swallowed, and where a resumed schedule counts from. */
import type { Instant } from '../model/instant.ts';
import type { Gap, LedgerEntry, SkipReason } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { countOf, nextOf, nextPlanOf, wakeOf } from '../schedule/occurrences.ts';
import { stretchesOf } from './known.ts';

/** So many instants are counted one by one at the most; a rhythm that dense is an interval, which arithmetic counts. */
const mostCounted = 1_000_000;

export interface Resumed {
  readonly schedule: Schedule;
  /** None when nothing was due meanwhile; more than one only around what the ledger knows already. */
  readonly gaps: readonly Gap[];
}

/** When a pause ended, and what is known beyond the cursors. */
export interface ResumeFacts {
  /** When the pause ended: what was due since then was not paused. */
  readonly at: Instant;
  /** `at` when absent. */
  readonly now?: Instant;
  /** Entries beyond the cursors; those of other schedules are passed over. */
  readonly known?: readonly LedgerEntry[];
  /** The job has had all its runs: nothing more is named. */
  readonly isOver?: boolean;
}

/**
 * One `paused` gap, and everything else counts from `at`. A schedule that is switched off itself, or whose job is
 * through, stays where it is.
 */
export function resumeSchedule(schedule: Schedule, { at, now = at, known = [], isOver = false }: ResumeFacts): Resumed {
  if (!schedule.active || isOver) return { schedule: { ...schedule, planAt: null, nextDueAt: null }, gaps: [] };
  const { spec } = schedule;
  const cursorAt = Math.max(at, schedule.cursorAt);
  const moved = { ...schedule, cursorAt, planAt: wakeOf(spec, cursorAt), nextDueAt: nextOf(spec, cursorAt) };
  return { schedule: moved, gaps: gapsUntil(schedule, { until: at, now, reason: 'paused', known }) };
}

/** Everything from a schedule's cursor to `until`, counted. */
export function gapsUntil(
  { id, spec, cursorAt }: Pick<Schedule, 'id' | 'spec' | 'cursorAt'>,
  {
    until,
    now,
    reason,
    known,
  }: {
    readonly until: Instant;
    readonly now: Instant;
    readonly reason: SkipReason;
    readonly known: readonly LedgerEntry[];
  },
): readonly Gap[] {
  const fromAt = nextPlanOf(spec, cursorAt);
  if (fromAt === null || fromAt > until) return [];
  const count = countOf(spec, { after: cursorAt, until, limit: mostCounted });
  const gap: Gap = { kind: 'gap', scheduleId: id, fromAt, toAt: until, count, reason, decidedAt: now };
  return stretchesOf(
    spec,
    gap,
    known.filter(({ scheduleId }) => scheduleId === id),
  );
}
