import type { Store } from 'job-trigger-core';

const pollMs = 500;
const mostRead = 500;

/** Whether an event tells that somebody may no longer do what they did, or may do more. */
export const changesRights = (kind: string): boolean => /^(?:person|key|team)\.|^job\.(?:shared|given)$/.test(kind);

/** Tells those whose answer takes long when rights have changed, on whichever portal; looks only while one listens. */
export class RightsChanges {
  readonly #store: Store;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #lastId: number | null = null;
  #looking = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns what ends it */
  listen(heard: () => void): () => void {
    this.#listeners.add(heard);
    this.#timer ??= setInterval(() => void this.#look(), pollMs);
    return () => {
      this.#listeners.delete(heard);
      if (this.#listeners.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
      this.#lastId = null;
    };
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      if (await this.#mayHaveChanged()) for (const heard of this.#listeners) heard();
    } catch {
      // The database is away: who listened may go on.
    } finally {
      this.#looking = false;
    }
  }

  async #mayHaveChanged(): Promise<boolean> {
    if (this.#lastId === null) {
      // The first look cannot tell what was before it: whoever has just come is asked once.
      this.#lastId = await this.#store.events.latestId();
      return true;
    }
    const rows = await this.#store.events.after(this.#lastId, mostRead);
    this.#lastId = rows.at(-1)?.id ?? this.#lastId;
    return rows.length === mostRead || rows.some(({ kind }) => changesRights(kind));
  }
}
