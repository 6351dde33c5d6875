import { statSync } from 'node:fs';
import { JobTriggerError } from '../../errors.ts';
import type { Id } from '../../model/id.ts';
import type { Sight } from '../../model/sight.ts';
import type { System } from '../../system/system.ts';
import { idSource } from '../sql/ids.ts';
import type { Session } from '../sql/session.ts';
import { tableNouns, tablesOf } from '../sql/tables.ts';
import type { Definitions } from '../sql/work.ts';
import { withMethods, writes } from '../sql/writes.ts';
import type { Settle } from '../chain-table.ts';
import type { Store, Tables } from '../store.ts';
import { sqliteBell } from './bell.ts';
import { untilFree } from './busy.ts';
import { openConnection, type Connection, type ConnectionOptions } from './connection.ts';
import { sqliteDispatch } from './dispatch.ts';
import type { Scope } from './member.ts';
import { watchPlace } from './place.ts';
import { sqliteSession } from './session.ts';
import { createWriter, type WriterOptions } from './writer.ts';

/**
 * A store on a migrated file. Reads that stand free have a connection of their own and never wait for a writer; a
 * database in memory has only one, so there they stand in line with the transactions.
 */
export async function sqliteStore(
  path: string,
  system: System,
  connection: Connection,
  options: ConnectionOptions & Pick<WriterOptions, 'makeRoom'> & { readonly settle?: Settle<Tables> | undefined } = {},
): Promise<Store> {
  const inMemory = path === ':memory:';
  const reading = inMemory ? connection : await openConnection(path, system, options);
  if (!inMemory) reading.database.exec('PRAGMA query_only = ON');
  const writer = createWriter(connection, system, {
    place: inMemory ? null : watchPlace(path),
    makeRoom: options.makeRoom,
  });
  const bell = sqliteBell(connection, { shared: !inMemory });
  const numbers = new Map<string, number>();
  const definitions: Definitions = new Map();
  const flow = options.settle === undefined ? null : { settle: options.settle, started: () => bell.ring('queue') };

  const within = ({ afterCommit, check }: Scope): Session =>
    sqliteSession(connection, afterCommit, (step) => {
      check();
      // After some failures, such as a full disk, SQLite takes the whole transaction back at once. What was asked beside
      // the statement that failed would then be committed by itself.
      if (!connection.database.isTransaction) throw new JobTriggerError('internal', 'This transaction was taken back.');
      return step();
    });
  const tablesOn = (session: Session): Tables =>
    tablesOf(session, sqliteDispatch(session, numbers), numbers, definitions, flow);
  const transaction: Store['transaction'] = (work) =>
    writer.transaction(async (scope) => {
      const tables = tablesOn(within(scope));
      const result = await work(tables);
      await tables.audit.write();
      return result;
    });
  const freeFor = (sight: Sight | null): Tables => {
    const session = sqliteSession(
      reading,
      (then) => then(),
      (step) => untilFree(system.random, step),
      sight,
    );
    const standing = tablesOn(session);
    return withMethods(inMemory ? inLine(standing) : standing, writes, (call) => transaction(call));
  };
  const free = freeFor(null);

  function inLine(tables: Tables): Tables {
    const names = Object.fromEntries(tableNouns.map((noun) => [noun, Object.keys(tables[noun])]));
    return withMethods(tables, names, (call) => writer.alone(() => call(tables)));
  }

  const draw = (count: number): Promise<Id> =>
    writer.transaction(async (scope) => {
      const session = within(scope);
      const [row] = await session.run<{ value: number }>(session.hot.drawIds, { count });
      if (row === undefined) throw new Error('The counter of ids is missing.');
      return row.value;
    });

  const store: Store = {
    ...free,
    seenBy: (sight) => ({ ...store, ...freeFor(sight) }),
    kind: 'sqlite',
    bell,
    transaction,
    ids: idSource(draw),
    async ping() {
      const start = system.clock.mono();
      await writer.transaction(async () => undefined);
      return { latencyMs: system.clock.mono() - start };
    },
    async maintain() {
      await writer.alone(async () => {
        await untilFree(system.random, () => connection.run('PRAGMA optimize', []));
        if (!inMemory) await untilFree(system.random, () => connection.run('PRAGMA wal_checkpoint(PASSIVE)', []));
      });
    },
    async describe() {
      const [row] = connection.run(
        `SELECT sqlite_version() AS version, page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`,
        [],
      ).rows as { version: string; bytes: number }[];
      const wal = inMemory ? undefined : statSync(`${path}-wal`, { throwIfNoEntry: false });
      return {
        version: row?.version ?? '',
        bytes: row?.bytes ?? null,
        walBytes: inMemory ? null : (wal?.size ?? 0),
        standbys: null,
      };
    },
    async close() {
      bell.close();
      await writer.idle();
      if (!inMemory) reading.close();
      connection.close();
    },
  };
  return store;
}
