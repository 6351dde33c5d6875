import { isAbsolute } from 'node:path';
import { JobTriggerError } from '../errors.ts';

/** What a database's address names: a SQLite path (or `:memory:`), or a PostgreSQL connection string. */
export interface DatabasePlace {
  readonly kind: 'sqlite' | 'postgres';
  readonly place: string;
}

/**
 * Reads `sqlite:/abs/path.db`, `sqlite::memory:` or `postgres://…`.
 *
 * @throws {JobTriggerError} `configuration_invalid` for anything else; the address itself is not repeated, as it may
 *   hold a password
 */
export function databaseOf(url: string): DatabasePlace {
  if (url.startsWith('sqlite:')) {
    const place = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    if (place === ':memory:' || isAbsolute(place)) return { kind: 'sqlite', place };
    throw new JobTriggerError('configuration_invalid', `A SQLite database needs an absolute path, got "${place}".`);
  }
  if (/^postgres(ql)?:\/\//.test(url)) return { kind: 'postgres', place: url };
  const accepted = 'sqlite:/absolute/path.db, sqlite::memory: or postgres://user@host/database';
  throw new JobTriggerError('configuration_invalid', `The address of the database must look like ${accepted}.`);
}
