/** How many runs may live at once beside what their jobs say: of all, of a queue, of a named lock, of a person's jobs. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

export const limitKinds = ['system', 'queue', 'lock', 'person'] as const;
export type LimitKind = (typeof limitKinds)[number];

export interface Limit {
  readonly kind: LimitKind;
  /** Of the queue or the lock; of a person the number, and empty for everybody who has none; empty for the system. */
  readonly name: string;
  /** The most that live at once. Null sets no limit: a queue that is only paused, a person whom the common one spares. */
  readonly slots: number | null;
  /** Since when nothing is claimed from a queue. */
  readonly pausedAt: Instant | null;
  readonly note: string | null;
  readonly changedAt: Instant;
  readonly changedBy: string;
}

/** A lock that nobody has given a count. */
export const lockSlots = 1;
/** The most locks of one job. */
export const mostLocks = 10;

/** By what a run is limited, beside its job. */
export interface Limited {
  readonly queue: string;
  readonly locks: readonly string[];
  /** The owner of its job; null where it has none. */
  readonly person: Id | null;
}

/** Runs that live, counted by what limits them. */
export interface Use extends Limited {
  readonly count: number;
}

/** One limit that a run meets. */
export interface Bound {
  readonly kind: LimitKind;
  readonly name: string;
  readonly slots: number;
  readonly used: number;
}

const keyOf = (kind: LimitKind, name: string): string => `${kind} ${name}`;
const everybody = '';

/** Whether a limited run counts against a limit. */
export function countsFor({ kind, name }: Pick<Limit, 'kind' | 'name'>, { queue, locks, person }: Limited): boolean {
  switch (kind) {
    case 'system':
      return true;
    case 'queue':
      return queue === name;
    case 'lock':
      return locks.includes(name);
    case 'person':
      return person !== null && String(person) === name;
  }
}

/** The limits in force, and how much of each is in use. Changed by {@link take} while a claim goes through its lines. */
export class Rooms {
  readonly #limits: ReadonlyMap<string, Limit>;
  readonly #used = new Map<string, number>();

  constructor(limits: readonly Limit[], uses: readonly Use[]) {
    this.#limits = new Map(limits.map((limit) => [keyOf(limit.kind, limit.name), limit]));
    for (const use of uses) this.take(use, use.count);
  }

  /** What a run is held back by until it is resumed; null when nobody paused its queue. */
  pauseOf(queue: string): Limit | null {
    const limit = this.#limits.get(keyOf('queue', queue));
    return limit === undefined || limit.pausedAt === null ? null : limit;
  }

  /** The limits that a run meets, the narrowest kind first. */
  boundsOf({ queue, locks, person }: Limited): readonly Bound[] {
    return [
      ...locks.map((name) => this.#bound('lock', name, this.#slots('lock', name) ?? lockSlots)),
      ...(person === null ? [] : [this.#bound('person', String(person), this.#personSlots(person))]),
      this.#bound('queue', queue, this.#slots('queue', queue)),
      this.#bound('system', '', this.#slots('system', '')),
    ].filter((bound) => bound !== null);
  }

  /** How many more of its kind may be claimed now. */
  roomFor(limited: Limited): number {
    if (this.pauseOf(limited.queue) !== null) return 0;
    return Math.max(0, Math.min(Infinity, ...this.boundsOf(limited).map(({ slots, used }) => slots - used)));
  }

  /** Counts runs that live, or are about to. */
  take({ queue, locks, person }: Limited, count: number): void {
    const keys = [keyOf('system', ''), keyOf('queue', queue), ...locks.map((name) => keyOf('lock', name))];
    if (person !== null) keys.push(keyOf('person', String(person)));
    for (const key of keys) this.#used.set(key, (this.#used.get(key) ?? 0) + count);
  }

  /**
   * Keeps what is free of several locks for a run that waits for the others: else runs that need one of them alone would
   * always come first. Nothing is kept for a run that something else holds back, too.
   */
  keepFor(limited: Limited): void {
    if (this.pauseOf(limited.queue) !== null) return;
    const bounds = this.boundsOf(limited);
    if (bounds.some(({ kind, slots, used }) => kind !== 'lock' && used >= slots)) return;
    for (const { kind, name } of bounds) {
      const key = keyOf(kind, name);
      if (kind === 'lock') this.#used.set(key, (this.#used.get(key) ?? 0) + 1);
    }
  }

  #slots(kind: LimitKind, name: string): number | null {
    return this.#limits.get(keyOf(kind, name))?.slots ?? null;
  }

  #personSlots(person: Id): number | null {
    const own = this.#limits.get(keyOf('person', String(person)));
    return own === undefined ? this.#slots('person', everybody) : own.slots;
  }

  #bound(kind: LimitKind, name: string, slots: number | null): Bound | null {
    return slots === null ? null : { kind, name, slots, used: this.#used.get(keyOf(kind, name)) ?? 0 };
  }
}
