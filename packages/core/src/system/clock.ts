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
  /**
   * Calls `fire` once after `delay`; the answer cancels it. A pending timer does not keep the process alive.
   *
   * @param early by how much it may come sooner, where another timer has woken the process up anyway. Default 0.
   */
  after(delay: Millis, fire: () => void, early?: Millis): () => void;
}

/** `/proc/uptime` counts suspend, as CLOCK_BOOTTIME does; elsewhere `mono` has to serve. */
function bootMillis(): Millis {
  try {
    return Math.round(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000);
  } catch {
    return performance.now();
  }
}

export interface SystemClockOptions {
  /** Shifts `wall`, for tests that set a process's time (`JOB_PORTAL_TEST_NOW`). Default 0. */
  readonly offset?: Millis;
  /** A pending timer keeps the process alive: for a program that has nothing else to do so. Default false. */
  readonly keepsAlive?: boolean;
}

/** `/proc/uptime` tells hundredths: it is not read again while neither of the other clocks has moved by one. */
function bootClock(): () => Millis {
  let read = { boot: 0, mono: -Infinity, wall: 0 };
  return () => {
    const mono = performance.now();
    const wall = Date.now();
    // The wall clock goes on while the machine sleeps, so that a sleep is noticed where `mono` stood still.
    const isFresh = mono - read.mono < hundredth && Math.abs(wall - read.wall) < hundredth;
    if (!isFresh) read = { boot: bootMillis(), mono, wall };
    return read.boot;
  };
}

const hundredth: Millis = 10;

/** A timer that need not come at its very time. */
interface Patient {
  readonly from: Millis;
  readonly fire: () => void;
}

/**
 * Of the whole process: to wake up costs one at rest more than what it then does, as its code has left the caches. So whoever
 * wakes it up takes along what may come early, as kernels do with the slack of timers (prctl(2), PR_SET_TIMERSLACK).
 */
const patients = new Set<Patient>();

function takeAlong(): void {
  const now = performance.now();
  for (const one of patients) if (one.from < now) one.fire();
}

/** The machine's clocks. */
export function systemClock({ offset = 0, keepsAlive = false }: SystemClockOptions = {}): Clock {
  return {
    wall: () => Date.now() + offset,
    mono: () => performance.now(),
    boot: bootClock(),
    after(delay, fire, early = 0) {
      const cancel = (): void => {
        clearTimeout(timer);
        patients.delete(patient);
      };
      const patient: Patient = {
        from: performance.now() + Math.max(0, delay - early),
        fire() {
          cancel();
          fire();
        },
      };
      const timer = setTimeout(
        () => {
          patient.fire();
          takeAlong();
        },
        Math.max(0, delay),
      );
      if (!keepsAlive) timer.unref();
      if (early > 0) patients.add(patient);
      return cancel;
    },
  };
}
