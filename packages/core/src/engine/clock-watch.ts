/** Whether the wall clock can be believed, and since when again (`CONTRACT.md` 4). */
import type { Instant, Millis } from '../model/instant.ts';
import { jumpMs, setBetween, type ClockReading } from './clock-jump.ts';

const waitMs: Millis = 10_000;
/** A jump of more than a day is believed only after so long, unless a person confirms it sooner. */
const farJumpMs: Millis = 24 * 3_600_000;
const farWaitMs: Millis = 5 * 60_000;

export type ClockVerdict =
  | { readonly kind: 'steady' }
  /** Nothing is planned before so long has passed. */
  | { readonly kind: 'doubtful'; readonly waitMs: Millis; readonly far: boolean; readonly from: Instant }
  | { readonly kind: 'forward'; readonly from: Instant; readonly to: Instant; readonly far: boolean }
  | { readonly kind: 'backward'; readonly from: Instant; readonly to: Instant }
  /** Ahead for a while and never believed, it tells what it would have told: others may have written by it meanwhile. */
  | { readonly kind: 'returned'; readonly from: Instant; readonly to: Instant };

/** A jump ahead that is not believed yet. */
interface Doubt {
  readonly from: Instant;
  readonly since: Millis;
  readonly by: Millis;
}

export class ClockWatch {
  #last: ClockReading | null = null;
  #doubt: Doubt | null = null;

  /** Takes one reading; `forward`, `backward` and `returned` are told once. */
  look(reading: ClockReading): ClockVerdict {
    const last = this.#last;
    this.#last = reading;
    if (last === null) return this.#doubt === null ? { kind: 'steady' } : this.#settle(this.#doubt, reading, 0);
    const jumped = setBetween(last, reading);
    if (this.#doubt !== null) return this.#settle(this.#doubt, reading, jumped);
    if (jumped > 0) return this.#wait({ from: last.wall, since: reading.boot, by: jumped }, reading);
    if (jumped < 0) return { kind: 'backward', from: last.wall, to: reading.wall };
    return { kind: 'steady' };
  }

  /** Somebody else waits because of this jump, so this one does, too. */
  doubt({ from, to }: { readonly from: Instant; readonly to: Instant }, since: Millis): void {
    this.#doubt = { from, since, by: to - from };
  }

  /** A person has said that the clock is right: the next reading believes it. */
  confirm(): void {
    if (this.#doubt !== null) this.#doubt = { ...this.#doubt, since: -Infinity };
  }

  #settle(doubt: Doubt, reading: ClockReading, jumped: Millis): ClockVerdict {
    if (jumped === 0) return this.#wait(doubt, reading);
    const by = doubt.by + jumped;
    if (by > jumpMs) return this.#wait({ from: doubt.from, since: reading.boot, by }, reading);
    this.#doubt = null;
    return { kind: by < -jumpMs ? 'backward' : 'returned', from: doubt.from, to: reading.wall };
  }

  #wait(doubt: Doubt, { boot }: ClockReading): ClockVerdict {
    const far = doubt.by > farJumpMs;
    const left = (far ? farWaitMs : waitMs) - (boot - doubt.since);
    if (left > 0) {
      this.#doubt = doubt;
      return { kind: 'doubtful', waitMs: left, far, from: doubt.from };
    }
    this.#doubt = null;
    return { kind: 'forward', from: doubt.from, to: doubt.from + doubt.by, far };
  }
}
