/** Spreads catch-up runs over time, so that a long silence is not followed by a stampede. */
import type { Instant } from '../model/instant.ts';

export class Drain {
  #next: Instant = 0;
  #asked: Instant = 0;

  /** The start of the next one, `perSecond` of them a second and none before `now`. A clock that goes back takes the row with it. */
  take(now: Instant, perSecond: number): Instant {
    if (now < this.#asked) this.#next -= this.#asked - now;
    this.#asked = now;
    const at = Math.max(now, this.#next);
    this.#next = at + 1000 / perSecond;
    return Math.ceil(at);
  }
}
