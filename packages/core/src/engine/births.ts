/** When jobs and schedules were created, remembered: it never changes, and every attempt names both outside. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../store/store.ts';

const mostKept = 5000;

export class Births {
  readonly #store: Store;
  readonly #known = new Map<string, Instant>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Null when it is gone. */
  async of(kind: 'job' | 'schedule', id: Id): Promise<Instant | null> {
    const key = `${kind} ${id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = kind === 'job' ? await this.#store.jobs.get(id) : await this.#store.schedules.get(id);
    if (row === null) return null;
    if (this.#known.size >= mostKept) this.#known.clear();
    this.#known.set(key, row.createdAt);
    return row.createdAt;
  }
}
