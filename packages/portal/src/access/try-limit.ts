import { JobTriggerError, type Clock } from 'job-trigger-core';

const windowMs = 60_000;
/** Default. */
const mostTries = 10;
const mostKeys = 10_000;

function tooMany(waitMs: number): JobTriggerError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new JobTriggerError('rate_limited', `Too many tries. Try again in ${seconds} s.`, {
    retry_after_seconds: seconds,
  });
}

/** At most so many tries a minute for a key, ten by default, counted before any work is done. Kept in memory: a restart forgives. */
export class TryLimit {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #tries = new Map<string, number[]>();

  constructor(clock: Clock, most = mostTries) {
    this.#clock = clock;
    this.#most = most;
  }

  /** @throws `rate_limited` */
  take(key: string): void {
    const now = this.#clock.mono();
    const recent = (this.#tries.get(key) ?? []).filter((at) => now - at < windowMs);
    if (recent.length >= this.#most) throw tooMany((recent[0] ?? now) + windowMs - now);
    // The oldest key makes room, so that a flood of keys cannot fill the memory.
    if (this.#tries.size >= mostKeys) for (const oldest of this.#tries.keys()) if (this.#tries.delete(oldest)) break;
    this.#tries.delete(key);
    this.#tries.set(key, [...recent, now]);
  }

  forget(key: string): void {
    this.#tries.delete(key);
  }

  /** The last try was a good one and counts no more. */
  giveBack(key: string): void {
    this.#tries.get(key)?.pop();
  }
}
