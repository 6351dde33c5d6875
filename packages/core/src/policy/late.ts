/** From when on a start counts as late enough to tell somebody. */
import type { Instant, Millis } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Trigger } from '../model/run.ts';
import { nextPlanOf } from '../schedule/occurrences.ts';

/** Sooner than this nobody is told where the job says nothing, whatever the period. */
const leastLateMs: Millis = 60_000;
const mostLateMs: Millis = 900_000;

/**
 * How long after its instant a job may start before somebody is told; null is never. What the job says counts; without
 * it a tenth of the time to the next instant, between one minute and a quarter of an hour.
 *
 * @param spec of the schedule that named the instant; null when that is gone
 */
export function lateAfterMs(
  { lateAlertSeconds }: Pick<JobDefinition, 'lateAlertSeconds'>,
  spec: ScheduleSpec | null,
  dueAt: Instant,
): Millis | null {
  // Definitions that were stored before there was such a field have none.
  const chosen = lateAlertSeconds ?? null;
  if (chosen === 0) return null;
  if (chosen !== null) return chosen * 1000;
  const next = spec === null ? null : nextPlanOf(spec, dueAt);
  if (next === null) return leastLateMs;
  return Math.min(mostLateMs, Math.max(leastLateMs, (next - dueAt) / 10));
}

export interface StartFacts {
  readonly trigger: Trigger;
  readonly dueAt: Instant;
  readonly availableAt: Instant;
  /** Why its planning held it back, if it did. */
  readonly reason: string | null;
  readonly jitterSeconds: number;
}

/** When it should have started: its instant, unless something that was meant to held it back. */
export function startOf({ trigger, dueAt, availableAt, reason, jitterSeconds }: StartFacts): Instant {
  const heldBack = trigger === 'catch_up' || (reason !== null && reason !== 'overlap');
  return heldBack ? availableAt : Math.min(availableAt, dueAt + jitterSeconds * 1000);
}
