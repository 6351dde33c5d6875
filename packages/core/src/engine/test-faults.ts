/** A store that fails at a named call, as a crash or a broken connection makes it fail. */
import { JobTriggerError } from '../errors.ts';
import type { Store, Tables, TransactionOptions } from '../store/store.ts';

/**
 * `die_before`: the process is gone and the call never happened; its transaction rolls back. `die_after`: it is gone
 * with the call committed. `lose_answer`: it lives, and hears of an error although the call was committed. A promise:
 * the call waits for it.
 */
export type Fault = 'die_before' | 'die_after' | 'lose_answer' | Promise<unknown>;

export interface FaultyStore {
  readonly store: Store;
  /** Resolves when the fault has struck. */
  readonly struck: Promise<void>;
  /** From now on no call is answered, as when the process is gone. */
  die(): void;
}

type Around = (name: string, work: () => unknown) => unknown;

class Died extends Error {}

const never = (): Promise<never> => new Promise(() => undefined);

/** Every method of `target`, and of the tables in it, goes through `around`. */
function intercept<T extends object>(target: T, around: Around): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value === 'function')
        return (...args: unknown[]): unknown =>
          around(String(name), () => Reflect.apply(value, target, args) as unknown);
      return typeof value === 'object' && value !== null ? intercept(value, around) : value;
    },
  });
}

/** The first call of a method named `on`, of any table, meets the fault; all others go through. */
export function faultyStore(inner: Store, on: string, fault: Fault): FaultyStore {
  const struck = Promise.withResolvers<void>();
  let dead = false;
  let armed = true;

  const before = async (): Promise<void> => {
    armed = false;
    if (fault === 'die_before') {
      dead = true;
      throw new Died();
    }
    if (fault instanceof Promise) {
      struck.resolve();
      await fault;
    }
  };
  /** @returns a promise that never resolves, or throws, unless the answer may be told */
  const after = async (): Promise<void> => {
    struck.resolve();
    if (fault === 'die_after') {
      dead = true;
      await never();
    }
    if (fault === 'lose_answer') throw new JobTriggerError('database_unreachable', 'The answer was lost.');
  };
  const alone = async (work: () => Promise<unknown>): Promise<unknown> => {
    if (dead) return never();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      struck.resolve();
      return never();
    }
  };
  const call: Around = (name, work) =>
    alone(async () => {
      if (!armed || name !== on) return work();
      await before();
      const answer = await work();
      await after();
      return answer;
    });
  const transaction = (work: (tables: Tables) => Promise<unknown>, options?: TransactionOptions): Promise<unknown> =>
    alone(async () => {
      let hit = false;
      const answer = await inner.transaction((tables) => {
        const around: Around = async (name, each) => {
          if (armed && name === on) {
            await before();
            hit = true;
          }
          return each();
        };
        return work(intercept(tables, around));
      }, options);
      if (hit) await after();
      return answer;
    });

  const tables = intercept(inner, call);
  const store = new Proxy(inner, {
    get(_, name) {
      if (name === 'transaction') return transaction;
      if (name === 'bell' || name === 'kind') return Reflect.get(inner, name, inner) as unknown;
      return Reflect.get(tables, name) as unknown;
    },
  });
  return {
    store,
    struck: struck.promise,
    die: () => {
      dead = true;
    },
  };
}
