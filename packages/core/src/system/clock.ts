/**
 * Time comes in here and nowhere else; a lint rule keeps it so.
 *
 * `wall` is what calendars and the database speak; `mono` never goes back and stops while the machine sleeps; `boot`
 * counts sleep too. All in milliseconds; `wall` is whole, the others may have fractions.
 */
import { readFileSync } from 'node:fs';
import type { Instant, Millis } from '../model/instant.ts';

export interface Clock {
  wall(): Instant;
  mono(): Millis;
  boot(): Millis;
  /** Calls `fire` once after `delay`; the answer cancels it. A pending timer does not keep the process alive. */
  after(delay: Millis, fire: () => void): () => void;
}

/** `/proc/uptime` counts suspend, as CLOCK_BOOTTIME does; elsewhere `mono` has to serve. */
function bootMillis(): Millis {
  try {
    return Math.round(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000);
  } catch {
    return performance.now();
  }
}

/** The machine's clocks. `offset` shifts `wall` for tests that set a process's time (`JOB_PORTAL_TEST_NOW`). */
export function systemClock({ offset = 0 }: { offset?: Millis } = {}): Clock {
  return {
    wall: () => Date.now() + offset,
    mono: () => performance.now(),
    boot: bootMillis,
    after(delay, fire) {
      const timer = setTimeout(fire, Math.max(0, delay));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
