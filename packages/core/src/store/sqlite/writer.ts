/** The one writer of a process: transactions stand in line, and a file locked by another process is tried again. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { JobTriggerError } from '../../errors.ts';
import { nextTurn } from '../../system/pause.ts';
import type { System } from '../../system/system.ts';
import type { Connection } from './connection.ts';
import { carryOutGroup } from './group.ts';
import { Member, refuseInside, type Work } from './member.ts';
import type { Place } from './place.ts';
import { createTurns } from './turns.ts';

export interface Writer {
  /** Runs `work` between BEGIN IMMEDIATE and COMMIT, after everything that was asked before; those in line share a COMMIT. */
  transaction<T>(work: Work<T>): Promise<T>;
  /** Runs `work` when no transaction is open. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything that was asked so far is over. */
  idle(): Promise<void>;
}

export interface WriterOptions {
  /** Null for a database in memory, where a commit costs nothing and each has its own. */
  readonly place?: Place | null;
  /** Called when the disk is full. True: it made some room, and the transaction is tried once more. */
  readonly makeRoom?: (() => boolean) | undefined;
}

/** What stands in line: a transaction, or work that wants none open. */
type Waiting = Member | (() => Promise<void>);

export function createWriter(connection: Connection, system: System, options: WriterOptions = {}): Writer {
  const { place = null, makeRoom } = options;
  const line: Waiting[] = [];
  const open = new Set<Promise<unknown>>();
  const turns = createTurns(connection, system.random);
  let driving = false;
  /** Set once: a damaged file is read and no longer written. */
  let damaged: JobTriggerError | null = null;

  const failed = (error: unknown, member: Member): boolean => {
    if (!(error instanceof JobTriggerError)) return false;
    if (error.code === 'database_damaged') damaged = error;
    if (error.code !== 'no_space' || member.roomMade || makeRoom?.() !== true) return false;
    member.roomMade = true;
    return true;
  };

  const putBack = (members: readonly Member[]): void => {
    for (const member of members) member.solo = true;
    line.unshift(...members);
    drive();
  };

  const next = (): Member | null => {
    const [head] = line;
    if (!(head instanceof Member) || head.solo) return null;
    line.shift();
    return head;
  };

  const begin = async (): Promise<void> => {
    if (damaged !== null) throw damaged;
    place?.check();
    await turns.begin();
  };

  const carryOut = async (first: Member): Promise<void> => {
    if (place === null) first.solo = true;
    try {
      await begin();
    } catch (error) {
      if (failed(error, first)) putBack([first]);
      else first.fail(error);
      return;
    }
    await carryOutGroup(first, { connection, next, putBack, failed, check: () => place?.check() });
    turns.end();
  };

  const driveLine = async (): Promise<void> => {
    while (line.length > 0) {
      // What comes in with the same turn of the event loop shares a commit, and between two the loop goes round.
      if (place !== null) await nextTurn();
      const head = line.shift();
      if (head !== undefined) await (head instanceof Member ? carryOut(head) : head());
    }
    driving = false;
  };

  function drive(): void {
    if (driving) return;
    driving = true;
    void driveLine();
  }

  const stand = <T>(waiting: Waiting, promise: Promise<T>): Promise<T> => {
    refuseInside();
    line.push(waiting);
    const over: Promise<unknown> = promise.then(
      () => open.delete(over),
      () => open.delete(over),
    );
    open.add(over);
    drive();
    return promise;
  };

  return {
    transaction(work) {
      const member = new Member(work);
      return stand(member as Member, member.promise);
    },
    alone<T>(work: () => Promise<T>) {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const carryOutAlone = AsyncLocalStorage.bind(async () => work().then(resolve, reject));
      return stand(carryOutAlone, promise);
    },
    async idle() {
      await Promise.all(open);
    },
  };
}
