/** One transaction that was asked for: it stands in the writer's line, then in a group, until it is settled. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { JobTriggerError } from '../../errors.ts';
import { nextTurn } from '../../system/pause.ts';

/** What a transaction's work is given of its writer. */
export interface Scope {
  /** Calls `then` once the transaction is on disk. */
  readonly afterCommit: (then: () => void) => void;
  /** Before each statement: a transaction that is over must not write into the one after it. @throws `internal` */
  readonly check: () => void;
}

export type Work<T> = (scope: Scope) => Promise<T>;

/** How a member's work ended, or that it still waits for something outside the database. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'waits' }
  | { readonly kind: 'failed'; readonly error: unknown };

const inside = new AsyncLocalStorage<{ open: boolean }>();

/** @throws {JobTriggerError} `internal` in the work of a transaction, which would wait for itself */
export function refuseInside(): void {
  if (inside.getStore()?.open !== true) return;
  throw new JobTriggerError('internal', 'Inside a transaction only the tables that were handed in may be used.');
}

export class Member<T = unknown> {
  /** True: it shares its commit with no other. */
  solo = false;
  /** It was given room on a full disk once. */
  roomMade = false;
  readonly promise: Promise<T>;
  readonly #work: Work<T>;
  readonly #inContext: ReturnType<typeof AsyncLocalStorage.snapshot>;
  readonly #settle: PromiseWithResolvers<T>;
  #state = { open: false };
  #then: (() => void)[] = [];
  #answer: (() => void) | null = null;

  constructor(work: Work<T>) {
    // The caller's own asynchronous context, whoever happens to drive the line.
    this.#inContext = AsyncLocalStorage.snapshot();
    this.#work = work;
    this.#settle = Promise.withResolvers<T>();
    this.promise = this.#settle.promise;
  }

  /**
   * Carries out the work, anew at each call. With `patient` false it is given up once it waits for something else than
   * statements, which are answered at once: then nothing more of it reaches the database, and `left` tells when it is over.
   */
  async carryOut({ patient, left }: { readonly patient: boolean; readonly left: () => void }): Promise<Outcome> {
    const state = { open: true };
    const then: (() => void)[] = [];
    [this.#state, this.#then, this.#answer] = [state, then, null];
    const over = this.#inContext(() => inside.run(state, async () => this.#work(scopeOf(state, then)))).then(
      (value): Outcome => {
        if (this.#state === state) this.#answer = () => this.#settle.resolve(value);
        return { kind: 'done' };
      },
      (error: unknown): Outcome => ({ kind: 'failed', error }),
    );
    const outcome = await (patient ? over : Promise.race([over, nextTurn().then((): Outcome => ({ kind: 'waits' }))]));
    state.open = false;
    if (outcome.kind === 'waits') void over.then(left);
    return outcome;
  }

  /** It is on disk. */
  committed(): void {
    for (const call of this.#then) call();
    this.#answer?.();
  }

  fail(error: unknown): void {
    this.#settle.reject(error);
  }
}

function scopeOf(state: { readonly open: boolean }, then: (() => void)[]): Scope {
  return {
    afterCommit: (call) => void then.push(call),
    check() {
      if (!state.open) throw new JobTriggerError('internal', 'This transaction is over.');
    },
  };
}
