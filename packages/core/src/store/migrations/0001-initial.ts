import type { Migration } from './migration.ts';
import { initialPostgres } from './0001-initial-postgres.ts';
import { initialSqlite } from './0001-initial-sqlite.ts';

/** Every table of the contract, with the shapes and keys that its promises rest on. */
export const initial: Migration = {
  number: 1,
  name: 'initial',
  sqlite: initialSqlite,
  postgres: initialPostgres,
};
