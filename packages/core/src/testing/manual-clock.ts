import type { Clock } from '../system/clock.ts';
import type { Instant, Millis } from '../model/instant.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Lets `ms` of real time pass on all three clocks. Timers fire on the way, each at its own instant and in the order
   * in which they were due; timers set meanwhile fire too when they fall due before the end.
   */
  advance(ms: Millis): void;
  /** Sets the wall clock alone, as an administrator or NTP does: no time has passed and no timer fires. */
  set(instant: Instant): void;
  /** The machine sleeps: wall and boot go on, `mono` and the timers do not. */
  suspend(ms: Millis): void;
  /** How many timers wait. */
  readonly pending: number;
}

interface Timer {
  readonly at: Millis;
  readonly order: number;
  readonly fire: () => void;
}

/** 2026-01-15T12:00:00Z: a Thursday, far from every clock change. */
export const manualClockStart: Instant = 1_768_478_400_000;

/** A {@link ManualClock}; `start` is its first wall time, {@link manualClockStart} when absent. */
export function manualClock(start: Instant = manualClockStart): ManualClock {
  let wall = start;
  let mono = 0;
  let boot = 0;
  let order = 0;
  const timers = new Set<Timer>();

  const pass = (ms: Millis): void => {
    wall += ms;
    mono += ms;
    boot += ms;
  };
  const nextBefore = (end: Millis): Timer | undefined =>
    [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];

  return {
    wall: () => Math.floor(wall),
    mono: () => mono,
    boot: () => boot,
    after(delay, fire) {
      const timer = { at: mono + Math.max(0, delay), order: order++, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const end = mono + ms;
      for (let timer = nextBefore(end); timer; timer = nextBefore(end)) {
        timers.delete(timer);
        if (timer.at > mono) pass(timer.at - mono);
        timer.fire();
      }
      if (end > mono) pass(end - mono);
    },
    set(instant) {
      wall = instant;
    },
    suspend(ms) {
      wall += ms;
      boot += ms;
    },
    get pending() {
      return timers.size;
    },
  };
}
