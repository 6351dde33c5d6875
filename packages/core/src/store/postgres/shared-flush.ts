/**
 * Waits for the disk after commits that did not. The log of the server is one line: whoever commits behind others and waits
 * for the disk has waited for theirs, too, so that many transactions share one such commit. Early release of locks, as the
 * literature calls it (Johnson et al., "Aether: a scalable approach to logging", VLDB 2010, section 3): a row that all
 * transactions lock is free again after the work of the server, not after the disk's.
 *
 * Others may see what is not on the disk yet, and nobody is told of it before. Whatever they commit stands behind it in the
 * log: it is never kept without it.
 */
import type pg from 'pg';

/** Writes to the log and changes nothing, so that its commit waits for the disk, and for standbys where they are waited for. */
export const flush: pg.QueryConfig = { text: `SELECT pg_logical_emit_message(true, 'jtp', '')` };

const afterwards = (): void => undefined;

/** Of one store. */
export class SharedFlush {
  #under: Promise<unknown> | null = null;
  #next: Promise<unknown> | null = null;

  /**
   * Resolves when everything committed before the call is on the disk.
   *
   * @param send {@link flush} on a connection of the caller's; used when it leads, or when who led failed
   */
  async wait(send: () => Promise<unknown>): Promise<void> {
    if (this.#under === null) {
      await this.#lead(send);
      return;
    }
    // One that is under way may have begun before the caller's commit.
    const isFirst = this.#next === null;
    this.#next ??= this.#under.then(afterwards, afterwards).then(() => {
      this.#next = null;
      return this.#lead(send);
    });
    await (isFirst ? this.#next : this.#next.catch(send));
  }

  #lead(send: () => Promise<unknown>): Promise<unknown> {
    const under = send().finally(() => {
      if (this.#under === under) this.#under = null;
    });
    this.#under = under;
    return under;
  }
}
