/**
 * Reads events in the order of their ids, each once. An id may become visible after a higher one, when its transaction
 * took longer: ids that were passed over are looked for again until nobody can still be writing them.
 */
import type { Millis } from '../model/instant.ts';
import type { EventRow } from '../store/event-table.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';

export interface EventFeedOptions {
  readonly store: Pick<Store, 'events'>;
  readonly clock: Clock;
}

/** Longer than any transaction of ours may take. */
const lookBackMs: Millis = 60_000;
const againMs: Millis = 500;
/** A gap beyond this was made by deletion, not by transactions that are under way. */
const mostHoles = 1000;

export class EventFeed {
  readonly #options: EventFeedOptions;
  /** Ids passed over, and when. */
  readonly #holes = new Map<number, Millis>();
  #last: number | null = null;
  #lookedAt: Millis = -Infinity;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  /** Everything up to this id was read or will never come: where another process may go on. Null before the start. */
  get settled(): number | null {
    if (this.#last === null) return null;
    const [oldest] = this.#holes.keys();
    return oldest === undefined ? this.#last : oldest - 1;
  }

  /** Goes on behind this id, unless it is further already. */
  startAfter(id: number): void {
    if (this.#last === null || this.#last < id) {
      this.#last = id;
      this.#holes.clear();
    }
  }

  /** The next events, at most `limit` of them and those that came late. */
  async read(limit: number): Promise<readonly EventRow[]> {
    const { store, clock } = this.#options;
    const late = await this.#readLate();
    const after = this.#last ?? 0;
    const rows = await store.events.after(after, limit);
    const now = clock.mono();
    let expected = after + 1;
    for (const { id } of rows) {
      for (let hole = Math.max(expected, id - mostHoles); hole < id; hole += 1) this.#holes.set(hole, now);
      expected = id + 1;
    }
    this.#last = rows.at(-1)?.id ?? after;
    return [...late, ...rows];
  }

  async #readLate(): Promise<readonly EventRow[]> {
    const { store, clock } = this.#options;
    const now = clock.mono();
    for (const [id, since] of this.#holes) if (now - since > lookBackMs) this.#holes.delete(id);
    if (this.#holes.size === 0 || now - this.#lookedAt < againMs) return [];
    this.#lookedAt = now;
    const rows = await store.events.byIds([...this.#holes.keys()].slice(-mostHoles));
    for (const { id } of rows) this.#holes.delete(id);
    return rows;
  }
}
