import { existsSync } from 'node:fs';
import type { System } from '../../system/system.ts';
import { JobTriggerError } from '../../errors.ts';
import { checkVersion, type MigrationOutcome, type MigrationStatus } from '../schema-version.ts';
import { migrations } from '../migrations/index.ts';
import type { OpenStoreOptions } from '../store-options.ts';
import type { Store } from '../store.ts';
import { untilFree } from './busy.ts';
import { openConnection, type Connection, type ConnectionOptions } from './connection.ts';
import { prepareFile } from './file.ts';
import { thisSqliteHost } from './host.ts';
import { markKnown, refuseEmpty, refuseMissing } from './marker.ts';
import { migrateSqlite, sqliteVersion } from './migrate.ts';
import { sqliteStore } from './store.ts';
import type { WriterOptions } from './writer.ts';

const inMemory = ':memory:';

interface ConnectOptions extends ConnectionOptions {
  readonly create: boolean;
}

async function connect(path: string, system: System, { create, ...options }: ConnectOptions): Promise<Connection> {
  if (path !== inMemory) {
    refuseMissing(path);
    if (!create && !existsSync(path)) {
      throw new JobTriggerError(
        'database_too_old',
        `There is no database at ${path}; run \`jtp migrate up\` to make one.`,
        { path },
      );
    }
    prepareFile(path, { create, host: options.host ?? thisSqliteHost });
  }
  const connection = await openConnection(path, system, options);
  try {
    if (path !== inMemory) refuseEmpty(path, connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

export interface OpenSqliteOptions extends ConnectionOptions, Pick<WriterOptions, 'makeRoom'> {
  readonly migrate: boolean;
  readonly settle?: OpenStoreOptions['settle'] | undefined;
}

/** Opens a file; with `migrate` it is made and brought up to date first. A database in memory always is. */
export async function openSqlite(
  path: string,
  system: System,
  { migrate, ...options }: OpenSqliteOptions,
): Promise<Store> {
  const connection = await connect(path, system, { create: migrate, ...options });
  try {
    if (migrate || path === inMemory) await migrateSqlite(connection, system, migrations);
    checkVersion(sqliteVersion(connection));
    if (path !== inMemory) await untilFree(system.random, () => markKnown(path, connection, system));
    return await sqliteStore(path, system, connection, options);
  } catch (error) {
    connection.close();
    throw error;
  }
}

export async function migrateSqliteFile(path: string, system: System): Promise<MigrationOutcome> {
  const connection = await connect(path, system, { create: true });
  try {
    const outcome = await migrateSqlite(connection, system, migrations);
    checkVersion(outcome.to);
    if (path !== inMemory) await untilFree(system.random, () => markKnown(path, connection, system));
    return outcome;
  } finally {
    connection.close();
  }
}

export async function sqliteStatus(path: string, system: System): Promise<MigrationStatus> {
  const missing = { current: 0, latest: migrations.length, pending: migrations.map(({ name }) => name) };
  if (path !== inMemory) refuseMissing(path);
  if (path === inMemory || !existsSync(path)) return missing;
  const connection = await connect(path, system, { create: false });
  try {
    const current = sqliteVersion(connection);
    return {
      ...missing,
      current,
      pending: migrations.filter(({ number }) => number > current).map(({ name }) => name),
    };
  } finally {
    connection.close();
  }
}
