/** Copies of databases that lie in a file. */
import { JobTriggerError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import type { System } from '../system/system.ts';
import { databaseOf } from './database-url.ts';
import type { CopyFacts } from './sqlite/copy.ts';

export type { CopyFacts } from './sqlite/copy.ts';

/** The path of a SQLite file. @throws {JobTriggerError} `conflict` for a database that is no file, with what copies it */
export function databaseFile(url: string): string {
  const { kind, place } = databaseOf(url);
  if (kind === 'postgres')
    throw new JobTriggerError(
      'conflict',
      'PostgreSQL is copied with its own tools: pg_dump --format=custom --file=FILE, and back with pg_restore. ' +
        'Copy the data folder beside it.',
    );
  if (place === ':memory:') throw new JobTriggerError('conflict', 'A database in memory has no file to copy.');
  return place;
}

/** @throws {JobTriggerError} `database_damaged`, `no_space` */
export async function copyDatabase(source: string, copy: string): Promise<CopyFacts> {
  const { copySqlite } = await import('./sqlite/copy.ts');
  return copySqlite(source, copy);
}

/** @throws {JobTriggerError} `database_damaged` */
export async function checkCopy(copy: string): Promise<CopyFacts> {
  const { checkSqlite } = await import('./sqlite/copy.ts');
  return checkSqlite(copy);
}

/** See `renewSqlite`. */
export async function renewCopy(path: string, system: System, copiedAt: Instant): Promise<void> {
  const { renewSqlite } = await import('./sqlite/renew.ts');
  renewSqlite(path, system, copiedAt);
}
