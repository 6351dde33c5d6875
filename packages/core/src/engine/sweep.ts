/**
 * Planning without a break. What is missed is what nobody was there for: a scheduler that has been planning since an instant came
 * was there, however much came with it. So lateness is judged as of when the sweep began that an instant is planned in.
 */
import type { Instant, Millis } from '../model/instant.ts';

/** A batch takes tens of milliseconds. After so long without one nobody was there: a machine that slept, a database that was away. */
const breakMs: Millis = 5000;
/** Who is behind for longer has more to plan than can be planned, and is to fold instants into one another. */
const longestMs: Millis = 5 * 60_000;

export class Sweep {
  #begunAt: Instant = 0;
  #lastAt: Instant = -Infinity;

  /** To be asked as each batch begins. @returns for how long there has been no break, at most five minutes; 0 when this is the first */
  lastsAt(now: Instant): Millis {
    const since = now - this.#lastAt;
    if (since < 0 || since > breakMs) this.#begunAt = now;
    this.#lastAt = now;
    return Math.min(now - this.#begunAt, longestMs);
  }

  /** Nothing more is due. */
  end(): void {
    this.#lastAt = -Infinity;
  }
}
