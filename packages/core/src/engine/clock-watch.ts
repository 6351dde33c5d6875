/**
 * Whether the wall clock can be believed. Compares its progress with that of `boot`, which nobody sets and which counts
 * sleep; a difference is a jump (`CONTRACT.md` 4).
 */
import type { Instant, Millis } from '../model/instant.ts';

const jumpMs: Millis = 5000;
const waitMs: Millis = 10_000;
/** A jump of more than a day is believed only after so long, as nobody has confirmed it. */
const farJumpMs: Millis = 24 * 3_600_000;
const farWaitMs: Millis = 5 * 60_000;

export interface ClockReading {
  readonly wall: Instant;
  readonly boot: Millis;
}

export type ClockVerdict =
  | { readonly kind: 'steady' }
  /** Nothing is planned before so long has passed. */
  | { readonly kind: 'doubtful'; readonly waitMs: Millis }
  | { readonly kind: 'forward'; readonly from: Instant; readonly to: Instant; readonly far: boolean }
  | { readonly kind: 'backward'; readonly from: Instant; readonly to: Instant };

export class ClockWatch {
  #last: ClockReading | null = null;
  #doubt: { readonly from: Instant; readonly since: Millis; readonly by: Millis } | null = null;

  /** Takes one reading; `forward` and `backward` are told once. */
  look(reading: ClockReading): ClockVerdict {
    const last = this.#last;
    this.#last = reading;
    if (last === null) return { kind: 'steady' };
    const jumped = reading.wall - last.wall - (reading.boot - last.boot);
    if (this.#doubt !== null) return this.#settle(this.#doubt, reading, jumped);
    if (jumped > jumpMs) {
      this.#doubt = { from: last.wall, since: reading.boot, by: jumped };
      return { kind: 'doubtful', waitMs: jumped > farJumpMs ? farWaitMs : waitMs };
    }
    if (jumped < -jumpMs) return { kind: 'backward', from: last.wall, to: reading.wall };
    return { kind: 'steady' };
  }

  #settle(
    doubt: { readonly from: Instant; readonly since: Millis; readonly by: Millis },
    reading: ClockReading,
    jumped: Millis,
  ): ClockVerdict {
    if (Math.abs(jumped) > jumpMs) {
      const by = doubt.by + jumped;
      // Gone back to where it was: the jump was none.
      this.#doubt = by > jumpMs ? { from: doubt.from, since: reading.boot, by } : null;
      if (by < -jumpMs) return { kind: 'backward', from: doubt.from, to: reading.wall };
      if (this.#doubt === null) return { kind: 'steady' };
      return { kind: 'doubtful', waitMs: by > farJumpMs ? farWaitMs : waitMs };
    }
    const far = doubt.by > farJumpMs;
    const left = (far ? farWaitMs : waitMs) - (reading.boot - doubt.since);
    if (left > 0) return { kind: 'doubtful', waitMs: left };
    this.#doubt = null;
    return { kind: 'forward', from: doubt.from, to: doubt.from + doubt.by, far };
  }
}
