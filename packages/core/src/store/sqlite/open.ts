import { existsSync } from 'node:fs';
import type { System } from '../../system/system.ts';
import { JobTriggerError } from '../../errors.ts';
import { checkVersion, type MigrationOutcome, type MigrationStatus } from '../schema-version.ts';
import { migrations } from '../migrations/index.ts';
import type { Store } from '../store.ts';
import { openConnection, type Connection } from './connection.ts';
import { prepareFile } from './file.ts';
import { migrateSqlite, sqliteVersion } from './migrate.ts';
import { sqliteStore } from './store.ts';

const inMemory = ':memory:';

async function connect(path: string, system: System, { create }: { readonly create: boolean }): Promise<Connection> {
  if (path !== inMemory) {
    if (!create && !existsSync(path)) {
      throw new JobTriggerError(
        'database_too_old',
        `There is no database at ${path}; run \`jtp migrate up\` to make one.`,
        { path },
      );
    }
    prepareFile(path, { create });
  }
  return openConnection(path, system);
}

/** Opens a file; with `migrate` it is made and brought up to date first. A database in memory always is. */
export async function openSqlite(
  path: string,
  system: System,
  { migrate }: { readonly migrate: boolean },
): Promise<Store> {
  const connection = await connect(path, system, { create: migrate });
  try {
    if (migrate || path === inMemory) await migrateSqlite(connection, system, migrations);
    checkVersion(sqliteVersion(connection));
    return await sqliteStore(path, system, connection);
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
    return outcome;
  } finally {
    connection.close();
  }
}

export async function sqliteStatus(path: string, system: System): Promise<MigrationStatus> {
  const missing = { current: 0, latest: migrations.length, pending: migrations.map(({ name }) => name) };
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
