import { databaseOf } from './database-url.ts';
import type { OpenStoreOptions } from './store-options.ts';
import type { Store } from './store.ts';

/**
 * Opens the store behind an address.
 *
 * @throws {JobTriggerError} `configuration_invalid`, `database_unreachable`, `sqlite_too_old`, and `database_too_old` or
 *   `database_too_new` when its schema is not this program's
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { kind, place } = databaseOf(options.url);
  if (kind === 'sqlite') {
    const { openSqlite } = await import('./sqlite/open.ts');
    const { migrate = false, makeRoom, syncFailed, settle } = options;
    return openSqlite(place, options.system, { migrate, makeRoom, syncFailed, settle });
  }
  const { openPostgres } = await import('./postgres/open.ts');
  return openPostgres(place, options);
}
