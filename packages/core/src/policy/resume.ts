/** What a pause swallowed, and where a resumed schedule counts from. */
import type { Instant } from '../model/instant.ts';
import type { Gap } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { countOf, nextOf, nextPlanOf } from '../schedule/occurrences.ts';

/** So many instants are counted one by one at the most; a rhythm that dense is an interval, which arithmetic counts. */
const mostCounted = 1_000_000;

export interface Resumed {
  readonly schedule: Schedule;
  /** Null when nothing was due meanwhile. */
  readonly gap: Gap | null;
}

/**
 * One `paused` gap, and everything else counts from `at`, when the pause ended: what was due since then was not paused.
 * A schedule that is switched off itself stays where it is.
 */
export function resumeSchedule(schedule: Schedule, at: Instant, now: Instant = at): Resumed {
  if (!schedule.active) return { schedule: { ...schedule, planAt: null, nextDueAt: null }, gap: null };
  const { spec } = schedule;
  const cursorAt = Math.max(at, schedule.cursorAt);
  const moved = { ...schedule, cursorAt, planAt: nextPlanOf(spec, cursorAt), nextDueAt: nextOf(spec, cursorAt) };
  const fromAt = nextPlanOf(spec, schedule.cursorAt);
  if (fromAt === null || fromAt > at) return { schedule: moved, gap: null };
  const count = countOf(spec, { after: schedule.cursorAt, until: at, limit: mostCounted });
  return {
    schedule: moved,
    gap: { kind: 'gap', scheduleId: schedule.id, fromAt, toAt: at, count, reason: 'paused', decidedAt: now },
  };
}
