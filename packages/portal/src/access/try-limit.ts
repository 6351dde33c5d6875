import { JobTriggerError, type Clock } from 'job-trigger-core';

const windowMs = 60_000;
const mostTries = 10;
const mostKeys = 10_000;

/** At most ten tries a minute for a key, counted before any work is done. Kept in memory: a restart forgives. */
export class TryLimit {
  readonly #clock: Clock;
  readonly #tries = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws `rate_limited` */
  take(key: string): void {
    const now = this.#clock.mono();
    const recent = (this.#tries.get(key) ?? []).filter((at) => now - at < windowMs);
    if (recent.length >= mostTries) throw new JobTriggerError('rate_limited', 'Too many tries. Wait a minute.');
    // The oldest key makes room, so that a flood of keys cannot fill the memory.
    if (this.#tries.size >= mostKeys) for (const oldest of this.#tries.keys()) if (this.#tries.delete(oldest)) break;
    this.#tries.delete(key);
    this.#tries.set(key, [...recent, now]);
  }

  forget(key: string): void {
    this.#tries.delete(key);
  }
}
