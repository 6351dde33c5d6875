/** How many logs and streams one person reads at once, by themselves and by all their keys together; in this portal. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JobTriggerError } from 'job-trigger-core';

/** What whoever reads a log is told to wait; a stream may take longer to end. */
const retrySeconds = 5;

export class ReaderLimit {
  readonly #limit: () => number;
  readonly #readers = new Map<string, number>();

  /** @param limit what holds now; 0 is no limit */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Counts a reader until its answer is over or its connection is gone. @throws `rate_limited` when it is one too many */
  take({ caller }: FastifyRequest, { raw }: FastifyReply): void {
    const most = this.#limit();
    if (most === 0) return;
    const who = String(caller?.personId ?? caller?.name ?? '');
    const count = this.#readers.get(who) ?? 0;
    if (count >= most)
      throw new JobTriggerError(
        'rate_limited',
        `You read ${count} logs and streams at once, the most that one person may. Close some, or ask an administrator to raise quota.log_readers.`,
        { quota: 'quota.log_readers', most, held: count, retry_after_seconds: retrySeconds },
      );
    this.#readers.set(who, count + 1);
    raw.once('close', () => this.#leave(who));
  }

  #leave(who: string): void {
    const left = (this.#readers.get(who) ?? 1) - 1;
    if (left > 0) this.#readers.set(who, left);
    else this.#readers.delete(who);
  }
}
