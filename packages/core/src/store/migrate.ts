import type { System } from '../system/system.ts';
import { databaseOf } from './database-url.ts';
import type { MigrationOutcome, MigrationStatus } from './schema-version.ts';

/** Where a database is and what time it is there. */
export interface DatabaseLocation {
  readonly url: string;
  readonly system: System;
}

/**
 * Brings a database up to this program's schema, making it first where it is a file. All steps are one transaction; of
 * several callers one works and the others find it done.
 *
 * @throws {JobTriggerError} `database_too_new` when a later program has migrated it
 */
export async function migrate({ url, system }: DatabaseLocation): Promise<MigrationOutcome> {
  const { kind, place } = databaseOf(url);
  if (kind === 'sqlite') {
    const { migrateSqliteFile } = await import('./sqlite/open.ts');
    return migrateSqliteFile(place, system);
  }
  const { migratePostgres } = await import('./postgres/open.ts');
  return migratePostgres(place);
}

/** Changes nothing. */
export async function migrationStatus({ url, system }: DatabaseLocation): Promise<MigrationStatus> {
  const { kind, place } = databaseOf(url);
  if (kind === 'sqlite') {
    const { sqliteStatus } = await import('./sqlite/open.ts');
    return sqliteStatus(place, system);
  }
  const { postgresStatus } = await import('./postgres/open.ts');
  return postgresStatus(place);
}
