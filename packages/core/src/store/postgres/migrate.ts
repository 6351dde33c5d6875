import type { Migration } from '../migrations/migration.ts';
import type { MigrationOutcome } from '../schema-version.ts';
import { preparePartitions } from './partitions.ts';
import type { Query } from './session.ts';

/** Of all who want to change a database's schema, one at a time: "jtp" in hexadecimal digits, and a number. */
export const schemaLock = 0x6a74_7001;

const schemaTable = `CREATE TABLE IF NOT EXISTS schema_migrations (number bigint NOT NULL PRIMARY KEY, name text NOT NULL,
  applied_at bigint NOT NULL)`;

/** The version a database has; 0 when it has none of our tables. */
export async function postgresVersion(query: Query): Promise<number> {
  const { rows } = await query({ text: `SELECT to_regclass('schema_migrations') IS NOT NULL AS known` });
  if (!(rows[0] as { known: boolean }).known) return 0;
  const stored = await query({ text: 'SELECT coalesce(max(number), 0) AS version FROM schema_migrations' });
  return (stored.rows[0] as { version: number }).version;
}

/** Applies what is missing in one transaction: of several starters one works, the others wait and find it done. */
export async function applyMigrations(query: Query, steps: readonly Migration[]): Promise<MigrationOutcome> {
  await query({ text: 'BEGIN' });
  try {
    // Waiting for another starter is no fault, however long its migration takes.
    await query({ text: 'SET LOCAL lock_timeout = 0' });
    await query({ text: 'SET LOCAL statement_timeout = 0' });
    await query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [schemaLock] });
    await query({ text: schemaTable });
    const from = await postgresVersion(query);
    const missing = steps.filter(({ number }) => number > from);
    for (const { number, name, postgres } of missing) {
      await query({ text: postgres });
      await query({
        text: 'INSERT INTO schema_migrations (number, name, applied_at) VALUES ($1, $2, now_ms())',
        values: [number, name],
      });
    }
    if (missing.length > 0) {
      const { rows } = await query({ text: 'SELECT now_ms() AS now' });
      await preparePartitions(query, (rows[0] as { now: number }).now);
    }
    await query({ text: 'COMMIT' });
    return { from, to: Math.max(from, steps.length), applied: missing.map(({ name }) => name) };
  } catch (error) {
    await query({ text: 'ROLLBACK' }).catch(() => undefined);
    throw error;
  }
}
