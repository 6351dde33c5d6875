/** Takes artifacts away: those of runs and jobs that go, those that have had their days, and bytes that belong to no row. */
import { removeArtifacts, type ArtifactStore, type Stored } from '../artifacts/artifact-store.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../system/logger.ts';

const batch = 200;
const dayMs: Millis = 86_400_000;

export interface ArtifactKeeperOptions {
  readonly store: Store;
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
}

export class ArtifactKeeper {
  readonly #options: ArtifactKeeperOptions;
  #sweptAt: Instant | null = null;

  constructor(options: ArtifactKeeperOptions) {
    this.#options = options;
  }

  async removeOfRuns(runs: readonly Reference[]): Promise<void> {
    await this.#removeBytes(await this.#options.store.artifacts.removeOfRuns(runs));
  }

  async removeOfJob(jobId: Id): Promise<void> {
    await this.#inBatches(() => this.#options.store.artifacts.removeOfJob(jobId, batch));
  }

  /** @returns how many */
  removeExpired(now: Instant): Promise<number> {
    return this.#inBatches(() => this.#options.store.artifacts.removeExpired(now, batch));
  }

  /**
   * Once a day: bytes without a row are what a worker or a housekeeper left that ended in between. What was written within
   * the last day may still get its row.
   *
   * @returns how many
   */
  async sweep(now: Instant): Promise<number> {
    if (this.#sweptAt !== null && now - this.#sweptAt < dayMs) return 0;
    const { store, artifacts, log } = this.#options;
    let removed = 0;
    let looked: Stored[] = [];
    const settle = async (): Promise<void> => {
      const known = await store.artifacts.known(looked.flatMap(({ of }) => (of === null ? [] : [of.id])));
      for (const { key, of } of looked) {
        if (of !== null && known.has(of.id)) continue;
        await artifacts.remove(key);
        removed += 1;
      }
      looked = [];
    };
    try {
      for await (const stored of artifacts.list()) {
        if (stored.writtenAt > now - dayMs) continue;
        if (looked.push(stored) >= batch) await settle();
      }
      await settle();
      this.#sweptAt = now;
    } catch (error) {
      log.warn('artifacts not swept; tried again with the next pass', { error: (error as Error).message });
    }
    if (removed > 0) log.info('artifacts without a row removed', { removed });
    return removed;
  }

  async #inBatches(remove: () => Promise<readonly Reference[]>): Promise<number> {
    let removed = 0;
    for (let gone = await remove(); gone.length > 0; gone = await remove()) {
      await this.#removeBytes(gone);
      removed += gone.length;
    }
    return removed;
  }

  /** Their rows are gone: what cannot be removed now, the sweep finds. */
  async #removeBytes(gone: readonly Reference[]): Promise<void> {
    const { artifacts, log } = this.#options;
    await removeArtifacts(artifacts, gone).catch((error: unknown) =>
      log.warn('bytes of artifacts not removed yet', { error: (error as Error).message }),
    );
  }
}
