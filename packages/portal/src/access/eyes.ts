/**
 * Whoever answers a request reads with the eyes of its caller. Rooms get a store and operations that follow the request
 * they are called in: a route cannot read what its caller does not see, not even one that does not think of it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Operations, Store } from 'job-trigger-core';
import type { Caller } from '../route.ts';

/** All there is, as somebody sees it. */
export interface Seen {
  readonly store: Store;
  readonly operations: Operations;
}

export interface Eyes extends Seen {
  /** Without any eyes: for what no request asks for. */
  readonly all: Seen;
  /** What `caller` sees: administrators everything, the others what is theirs or shared with them. */
  of(caller: Pick<Caller, 'personId' | 'role'> | null): Seen;
  /** Alike for callers who see the same. */
  nameOf(caller: Pick<Caller, 'personId' | 'role'> | null): string;
  /** Does `work` with the eyes of `caller`: what follows the request follows them until it is done. */
  with<T>(caller: Caller | null, work: () => T): T;
}

/** Kept made for so many people. */
const mostKept = 500;

type Forwarded = Record<string, unknown>;

/** An object with the methods of what `current` answers at the time of the call. @param depth of objects within objects */
function following<T extends object>(whole: T, current: () => T, depth = 1): T {
  const made = new Map<PropertyKey, unknown>();
  const follow = (name: string): unknown => {
    const value = (whole as Forwarded)[name];
    if (typeof value === 'function')
      return (...given: readonly unknown[]) => {
        const now = current() as Record<string, (...given: readonly unknown[]) => unknown>;
        return now[name]?.(...given);
      };
    if (depth > 0 && typeof value === 'object' && value !== null)
      return following(value, () => (current() as Forwarded)[name] as object, depth - 1);
    return value;
  };
  return new Proxy(whole, {
    get(target, name) {
      if (typeof name === 'symbol') return Reflect.get(target, name);
      if (!made.has(name)) made.set(name, follow(name));
      return made.get(name);
    },
  });
}

/** @param all what administrators see */
export function openEyes(all: Seen): Eyes {
  const inUse = new AsyncLocalStorage<Seen>();
  const kept = new Map<number, Seen>();

  function seenBy(personId: number): Seen {
    const before = kept.get(personId);
    if (before !== undefined) return before;
    const sight = { personId };
    const seen = { store: all.store.seenBy(sight), operations: all.operations.seenBy(sight) };
    if (kept.size >= mostKept) kept.clear();
    kept.set(personId, seen);
    return seen;
  }
  const eyesOf: Eyes['of'] = (caller) => (caller?.role === 'admin' ? all : seenBy(caller?.personId ?? nobodyId));
  return {
    all,
    of: eyesOf,
    nameOf: (caller) => (caller?.role === 'admin' ? 'all' : String(caller?.personId ?? nobodyId)),
    with: (caller, work) => inUse.run(eyesOf(caller), work),
    store: following(all.store, () => inUse.getStore()?.store ?? all.store),
    operations: following(all.operations, () => inUse.getStore()?.operations ?? all.operations),
  };
}

/** No person: sees what is shared with everyone. */
const nobodyId = -1;
