/** The one writer of a process: transactions stand in line, and a file locked by another process is tried again. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { JobTriggerError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { untilFree } from './busy.ts';
import type { Connection } from './connection.ts';
import type { Place } from './place.ts';

export interface Writer {
  /** Runs `work` between BEGIN IMMEDIATE and COMMIT, after everything that was asked before. */
  transaction<T>(work: (afterCommit: (then: () => void) => void) => Promise<T>): Promise<T>;
  /** Runs `work` when no transaction is open. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything that was asked so far is over. */
  idle(): Promise<void>;
}

export interface WriterOptions {
  /** Null for a database in memory. */
  readonly place?: Place | null;
  /** Called when the disk is full. True: it made some room, and the transaction is tried once more. */
  readonly makeRoom?: (() => boolean) | undefined;
}

export function createWriter(connection: Connection, system: System, options: WriterOptions = {}): Writer {
  const { place = null, makeRoom } = options;
  let last: Promise<unknown> = Promise.resolve();
  /** Set once: a damaged file is read and no longer written. */
  let damaged: JobTriggerError | null = null;
  const inside = new AsyncLocalStorage<{ open: boolean }>();

  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    if (inside.getStore()?.open === true) {
      throw new JobTriggerError('internal', 'Inside a transaction only the tables that were handed in may be used.');
    }
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };

  const once = async <T>(work: (afterCommit: (then: () => void) => void) => Promise<T>): Promise<T> => {
    if (damaged !== null) throw damaged;
    place?.check();
    await untilFree(system.random, () => connection.run('BEGIN IMMEDIATE', []));
    const state = { open: true };
    const then: (() => void)[] = [];
    try {
      const result = await inside.run(state, () => work((call) => void then.push(call)));
      connection.run('COMMIT', []);
      place?.check();
      state.open = false;
      for (const call of then) call();
      return result;
    } catch (error) {
      state.open = false;
      if (connection.database.isTransaction) connection.run('ROLLBACK', []);
      throw error;
    }
  };

  return {
    transaction: (work) =>
      queue(async () => {
        try {
          return await once(work);
        } catch (error) {
          if (!(error instanceof JobTriggerError)) throw error;
          if (error.code === 'database_damaged') damaged = error;
          if (error.code !== 'no_space' || makeRoom?.() !== true) throw error;
          return once(work);
        }
      }),
    alone: (work) => queue(work),
    idle: () => last.then(() => undefined),
  };
}
