import type { System } from '../../system/system.ts';
import type { Migration } from '../migrations/migration.ts';
import type { MigrationOutcome } from '../schema-version.ts';
import type { Connection } from './connection.ts';
import { createWriter } from './writer.ts';

const schemaTable = `CREATE TABLE IF NOT EXISTS schema_migrations (number integer NOT NULL PRIMARY KEY, name text NOT NULL,
  applied_at integer NOT NULL) STRICT`;

/** The version a database has; 0 when it has none of our tables. */
export function sqliteVersion(connection: Connection): number {
  const { rows } = connection.run(`SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'`, []);
  if (rows.length === 0) return 0;
  const [row] = connection.run('SELECT coalesce(max(number), 0) AS version FROM schema_migrations', []).rows;
  return (row as { version: number }).version;
}

/** Applies what is missing in one immediate transaction: of several starters one works, the others find it done. */
export function migrateSqlite(
  connection: Connection,
  system: System,
  steps: readonly Migration[],
): Promise<MigrationOutcome> {
  return createWriter(connection, system).transaction(async () => {
    connection.run(schemaTable, []);
    const from = sqliteVersion(connection);
    const missing = steps.filter(({ number }) => number > from);
    for (const { number, name, sqlite } of missing) {
      connection.database.exec(sqlite);
      connection.run('INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, now_ms())', [
        number,
        name,
      ]);
    }
    return { from, to: Math.max(from, steps.length), applied: missing.map(({ name }) => name) };
  });
}
