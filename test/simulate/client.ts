/**
 * How a simulated process reaches the database. Every call is an event of its own: it is sent, it is carried out as one
 * transaction, and its answer comes back, or does not.
 */
import { JobTriggerError } from '../../packages/core/src/errors.ts';
import type { Bell, Store, Tables } from '../../packages/core/src/store/store.ts';
import type { Process } from './process.ts';

/** One method of a table, as it was called and answered inside a call that was committed. */
export interface Done {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly answer: unknown;
}

/** What becomes of one call. */
export interface Fate {
  /** Until the database has it, and until the answer is back. */
  readonly there: number;
  readonly back: number;
}

/** What a call meets: `refuse` and `kill_before` in the midst of its transaction, the others after its commit. */
export type Strike = 'refuse' | 'lose_reply' | 'kill_before' | 'kill_after' | null;

export interface Wire {
  /** Asked when a call is sent. */
  readonly fate: (process: Process) => Fate;
  /** Asked when it arrives: whether the database is there for this process. */
  readonly isCut: (process: Process) => boolean;
  /** Asked before each method of a table; what is not null strikes this call. */
  readonly strike: (process: Process, method: string) => Strike;
  readonly committed: (process: Process, done: readonly Done[]) => void;
  readonly told: (process: Process, label: string, how: string) => void;
}

class Undone extends Error {}

const unreachable = (): JobTriggerError => new JobTriggerError('database_unreachable', 'The connection is gone.');

type Method = (...args: readonly unknown[]) => Promise<unknown>;
type Around = (name: string, args: readonly unknown[], call: () => Promise<unknown>) => Promise<unknown>;

/** Every method of `target`, and of the tables in it, goes through `around`. */
function intercept<T extends object>(target: T, around: Around, prefix = ''): T {
  const known = new Map<string | symbol, unknown>();
  return new Proxy(target, {
    get(_, name) {
      if (known.has(name)) return known.get(name);
      const value: unknown = Reflect.get(target, name, target);
      let made = value;
      if (typeof value === 'function')
        made = (...args: readonly unknown[]): Promise<unknown> =>
          around(prefix + String(name), args, () => (value as Method)(...args));
      else if (typeof value === 'object' && value !== null) made = intercept(value, around, `${String(name)}.`);
      known.set(name, made);
      return made;
    },
  });
}

/** One call on its way. */
class Call {
  readonly #process: Process;
  readonly #wire: Wire;
  readonly done: Done[] = [];
  #strike: Strike = null;

  constructor(process: Process, wire: Wire) {
    this.#process = process;
    this.#wire = wire;
  }

  /** Around one method of a table. */
  readonly around: Around = async (name, args, call) => {
    this.#strike ??= this.#wire.strike(this.#process, name);
    if (this.#strike === 'kill_before') throw new Undone();
    if (this.#strike === 'refuse') throw unreachable();
    const answer = await call();
    this.done.push({ name, args, answer });
    return answer;
  };

  send(label: string, work: () => Promise<unknown>): Promise<unknown> {
    const { agenda } = this.#process.machine;
    const { there, back } = this.#wire.fate(this.#process);
    return new Promise((resolve, reject) => {
      const answer = (how: string, tell: () => void): void => {
        this.#wire.told(this.#process, label, how);
        this.#process.deliver(back, tell);
      };
      agenda.after(there, () => {
        if (this.#wire.isCut(this.#process)) {
          answer('refused', () => reject(unreachable()));
          return;
        }
        void work().then(
          (value) => {
            this.#wire.committed(this.#process, this.done);
            if (this.#strike === 'kill_after') this.#process.kill();
            if (this.#strike === 'lose_reply') answer('reply lost', () => reject(unreachable()));
            else answer('ok', () => resolve(value));
          },
          (error: unknown) => {
            if (error instanceof Undone) this.#process.kill();
            // eslint-disable-next-line prefer-promise-reject-errors -- what the store threw is handed on as it is
            answer(error instanceof JobTriggerError ? error.code : String(error), () => reject(error));
          },
        );
      });
    });
  }
}

/** `inner` as one process sees it. */
export function clientOf(process: Process, { inner, wire, bell }: { inner: Store; wire: Wire; bell: Bell }): Store {
  const single: Around = (name, args, call) => {
    const sent = new Call(process, wire);
    return sent.send(name, () => sent.around(name, args, call));
  };
  const transaction = (work: (tables: Tables) => Promise<unknown>): Promise<unknown> => {
    const sent = new Call(process, wire);
    return sent.send('transaction', () => inner.transaction((tables) => work(intercept(tables, sent.around))));
  };
  const tables = intercept(inner, single);
  return new Proxy(inner, {
    get(_, name) {
      if (name === 'transaction') return transaction;
      if (name === 'bell') return bell;
      if (name === 'kind') return inner.kind;
      return Reflect.get(tables, name) as unknown;
    },
  });
}
