/**
 * Changes that come while others are under way share the next transaction: its journeys, its commit, and its one sync of the disk.
 * Whoever comes alone waits for nobody. Batching by what has gathered meanwhile, and by no timer: the busier, the larger.
 *
 * Each is told when the commit is on the disk. When one of them fails, nothing of any is kept, and each is done once more in a
 * transaction of its own: so that one that is refused takes no other with it, and what it is told is true by itself.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { JobTriggerError } from '../../errors.ts';
import type { Millis } from '../../model/instant.ts';
import { systemClock } from '../../system/clock.ts';
import { gathered } from '../sql/gathered.ts';
import type { Tables } from '../store.ts';
import type { BeginOptions } from './begin.ts';
import { isOutdated, isUndone, isUnreachable } from './errors.ts';

export type Work<T> = (tables: Tables) => Promise<T>;
export type Transaction = <T>(work: Work<T>, options?: BeginOptions) => Promise<T>;

/** Transactions at the same time. One would wait for the disk while nobody computes; many share little. */
const lanes = 2;
/** What shares a transaction waits for the slowest of it. */
const most = 64;
/** Whoever holds up one of many holds up all of them, with what they have locked: then each waits for itself. */
const lockMs: Millis = 200;
/** As long as a session waits for a lock, or a connection. Nobody is to be served long after they have given up. */
const patienceMs: Millis = 5000;

interface Member {
  /** What it is about. */
  readonly about: number;
  /** It waits no longer. */
  readonly cancelTimer: () => void;
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
  readonly #clock = systemClock();
  #busy = 0;

  /** @param transaction one that is shared with nobody */
  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  /** Carries `work` out, beside others that are about something else. @throws `database_busy` when its turn does not come */
  carryOut<T>(about: number, work: Work<T>): Promise<T> {
    const answer = Promise.withResolvers<T>();
    const member: Member = {
      about,
      // The caller's own asynchronous context, whoever happens to drive the line.
      work: AsyncLocalStorage.bind(async (tables: Tables) => work(tables)),
      answer: answer as PromiseWithResolvers<unknown>,
      cancelTimer: this.#clock.after(patienceMs, () => this.#giveUp(member)),
    };
    this.#line.push(member);
    this.#drive();
    return answer.promise;
  }

  #giveUp(member: Member): void {
    this.#line.splice(this.#line.indexOf(member), 1);
    member.answer.reject(
      new JobTriggerError('database_busy', 'Too many stand before it. Nothing was done; try again.'),
    );
  }

  #drive(): void {
    while (this.#busy < lanes) {
      const members = this.#next();
      if (members.length === 0) return;
      this.#busy += 1;
      void this.#carry(members).finally(() => {
        this.#busy -= 1;
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
      member.cancelTimer();
      taken.push(member);
      this.#line.splice(at, 1);
    }
    return taken;
  }

  async #carry(members: readonly Member[]): Promise<void> {
    const [first] = members;
    if (first !== undefined && members.length === 1) return this.#alone(first);
    try {
      const options = { readsFirst: true, lockMs };
      const results = await this.#transaction((tables) => inOne(members, tables), options);
      for (const [at, member] of members.entries()) this.#over(member, () => member.answer.resolve(results[at]));
    } catch (error) {
      const isForEach = error instanceof Refused || isUndone(error);
      // They wait for connections as everybody does, and for nobody's lane.
      for (const member of members) {
        if (isForEach) void this.#alone(member);
        else this.#over(member, () => member.answer.reject(error));
      }
    }
  }

  async #alone(member: Member): Promise<void> {
    const { work, answer } = member;
    await this.#transaction(work, { readsFirst: true }).then(
      (result) => this.#over(member, () => answer.resolve(result)),
      (error: unknown) => this.#over(member, () => answer.reject(error)),
    );
  }

  #over({ about }: Member, tell: () => void): void {
    this.#under.delete(about);
    tell();
    this.#drive();
  }
}

/** @throws {Refused} when a member's work fails; what the connection itself fails with is every member's */
async function inOne(members: readonly Member[], tables: Tables): Promise<readonly unknown[]> {
  const gathering = gathered(tables, members.length);
  const works = members.map(({ work }) => work(gathering.tablesOfOne()));
  // What all of them ask first travels with the beginning.
  gathering.ask();
  const settled = await Promise.allSettled(works);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length === 0) return settled.map((one) => (one.status === 'fulfilled' ? one.value : null));
  const ofConnection = failures.find((error) => isUnreachable(error) || isOutdated(error));
  throw ofConnection ?? new Refused(failures[0]);
}
