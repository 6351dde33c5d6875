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
function readBoot(): Millis {
  try {
    return Math.round(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000);
  } catch {
    return performance.now();
  }
}

/** Less than a lease could ever lose by it; a clock that is being corrected drifts so far in seconds. */
const toleratedMs: Millis = 2;
let asleepMs: Millis = 0;
let wallAhead: Millis | null = null;

/**
 * Asked before each start, so the file is read only when a suspend may have been: `boot` then runs ahead of `mono`, and
 * `wall` with it.
 */
function bootMillis(): Millis {
  const mono = performance.now();
  const ahead = Date.now() - mono;
  if (wallAhead === null || Math.abs(ahead - wallAhead) > toleratedMs) {
    asleepMs = readBoot() - mono;
    wallAhead = ahead;
  }
  return mono + asleepMs;
}

export interface SystemClockOptions {
  /** Shifts `wall`, for tests that set a process's time (`JOB_PORTAL_TEST_NOW`). Default 0. */
  readonly offset?: Millis;
  /** A pending timer keeps the process alive: for a program that has nothing else to do so. Default false. */
  readonly keepsAlive?: boolean;
}

/** The machine's clocks. */
export function systemClock({ offset = 0, keepsAlive = false }: SystemClockOptions = {}): Clock {
  return {
    wall: () => Date.now() + offset,
    mono: () => performance.now(),
    boot: bootMillis,
    after(delay, fire) {
      const timer = setTimeout(fire, Math.max(0, delay));
      if (!keepsAlive) timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
