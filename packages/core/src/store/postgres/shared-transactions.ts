/**
 * Changes that come while others are under way share the next transaction: its journeys, its commit, and its one sync of the disk.
 * Whoever comes alone waits for nobody. Batching by what has gathered meanwhile, and by no timer: the busier, the larger.
 *
 * Each is told when the commit is on the disk. When one of them fails, nothing of any is kept, and each is done once more in a
 * transaction of its own: so that one that is refused takes no other with it, and what it is told is true by itself.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { together } from '../../system/together.ts';
import { gathered } from '../sql/gathered.ts';
import type { Tables, TransactionOptions } from '../store.ts';
import { isUnreachable } from './errors.ts';

export type Work<T> = (tables: Tables) => Promise<T>;
export type Transaction = <T>(work: Work<T>, options?: TransactionOptions) => Promise<T>;

/** Transactions at the same time. One would wait for the disk while nobody computes; many share little. */
const lanes = 2;
/** What shares a transaction waits for the slowest of it. */
const most = 64;

interface Member {
  /** What it is about. */
  readonly about: number;
  readonly work: Work<unknown>;
  readonly answer: PromiseWithResolvers<unknown>;
}

/** A member's own work failed, and not the transaction. */
class Refused {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

/** Of one store. */
export class SharedTransactions {
  readonly #transaction: Transaction;
  readonly #line: Member[] = [];
  /** What those under way are about: they lock it, and another would wait for that inside the server. */
  readonly #under = new Set<number>();
  #busy = 0;

  /** @param transaction one that is shared with nobody */
  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  /** Carries `work` out, beside others that are about something else. */
  carryOut<T>(about: number, work: Work<T>): Promise<T> {
    const answer = Promise.withResolvers<T>();
    // The caller's own asynchronous context, whoever happens to drive the line.
    const bound = AsyncLocalStorage.bind(work);
    this.#line.push({ about, work: bound, answer: answer as PromiseWithResolvers<unknown> });
    this.#drive();
    return answer.promise;
  }

  #drive(): void {
    while (this.#busy < lanes) {
      const members = this.#next();
      if (members.length === 0) return;
      this.#busy += 1;
      void this.#carry(members).finally(() => {
        this.#busy -= 1;
        for (const { about } of members) this.#under.delete(about);
        this.#drive();
      });
    }
  }

  /** The first in line that are about something that no other is about. */
  #next(): readonly Member[] {
    const taken: Member[] = [];
    for (let at = 0; at < this.#line.length && taken.length < most;) {
      const member = this.#line[at];
      if (member === undefined || this.#under.has(member.about)) {
        at += 1;
        continue;
      }
      this.#under.add(member.about);
      taken.push(member);
      this.#line.splice(at, 1);
    }
    return taken;
  }

  async #carry(members: readonly Member[]): Promise<void> {
    const alone = async ({ work, answer }: Member): Promise<void> =>
      this.#transaction(work, { readsFirst: true }).then(answer.resolve, answer.reject);
    const [first] = members;
    if (first !== undefined && members.length === 1) return alone(first);
    try {
      const results = await this.#transaction((tables) => inOne(members, tables), { readsFirst: true });
      members.forEach(({ answer }, at) => answer.resolve(results[at]));
    } catch (error) {
      if (error instanceof Refused) await Promise.all(members.map(alone));
      else for (const { answer } of members) answer.reject(error);
    }
  }
}

/** @throws {Refused} when a member's work fails; what the connection itself fails with is every member's */
async function inOne(members: readonly Member[], tables: Tables): Promise<readonly unknown[]> {
  const gathering = gathered(tables);
  const works = members.map(({ work }) => work(gathering.tablesOfOne()));
  // What all of them ask first travels with the beginning.
  gathering.ask();
  try {
    return await together(works);
  } catch (error) {
    throw isUnreachable(error) ? error : new Refused(error);
  }
}
