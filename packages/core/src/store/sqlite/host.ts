import { existsSync, statfsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** What the safety of a SQLite file depends on and a machine cannot be given at will: a port, so that tests can. */
export interface SqliteHost {
  /** As `sqlite_version()` tells it. */
  version(database: DatabaseSync): string;
  /** The number that statfs gives a folder's file system; null where nobody can tell. */
  fileSystemType(folder: string): number | null;
}

export const thisSqliteHost: SqliteHost = {
  version: (database) => String(database.prepare('SELECT sqlite_version() AS version').get()?.['version']),
  fileSystemType: (folder) => (process.platform === 'linux' && existsSync(folder) ? statfsSync(folder).type : null),
};
