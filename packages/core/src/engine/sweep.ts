/**
 * Planning without a break. What is missed is what nobody was there for: a scheduler that has been planning since an instant came
 * was there, however much came with it. So lateness is judged as of when the sweep began that an instant is planned in.
 */
import type { Instant, Millis } from '../model/instant.ts';

/**
 * A batch takes tens of milliseconds, or five seconds more where a row is locked by somebody who hangs. After so long without one
 * on the disk nobody was there: a machine that slept, a database that was away or full. Well below the tolerance for lateness.
 */
const breakMs: Millis = 15_000;
/** Who is behind for longer has more to plan than can be planned, and is to fold instants into one another. */
const longestMs: Millis = 2 * 60_000;

export class Sweep {
  #begunAt: Instant = 0;
  /** When the last batch was on the disk; null outside a sweep. */
  #lastAt: Instant | null = null;

  /** For how long there has been no break, as a batch begins: 0 when it is the first, two minutes at most. */
  lastsAt(now: Instant): Millis {
    return this.#goesOnAt(now) ? Math.min(Math.max(0, now - this.#begunAt), longestMs) : 0;
  }

  /** A batch that began then is on the disk now. */
  planned(begun: Instant, now: Instant): void {
    if (!this.#goesOnAt(begun)) this.#begunAt = begun;
    // It stood still in the midst of it.
    if (Math.abs(now - begun) > breakMs) this.#begunAt = now;
    this.#lastAt = now;
  }

  /** Nothing more is due, or nothing of it can be planned. */
  end(): void {
    this.#lastAt = null;
  }

  #goesOnAt(now: Instant): boolean {
    return this.#lastAt !== null && Math.abs(now - this.#lastAt) <= breakMs;
  }
}
