import type pg from 'pg';
import type { Millis } from '../../model/instant.ts';
import type { Clock } from '../../system/clock.ts';
import type { System } from '../../system/system.ts';
import { patient } from './connections.ts';
import { ours } from './errors.ts';
import { schemaLock } from './migrate.ts';
import { preparePartitions } from './partitions.ts';
import { queryOn } from './session.ts';

/** For a statement whose server has been told to be patient, too. */
const patiently = (text: string): pg.QueryConfig & { readonly query_timeout: Millis } => ({
  text,
  query_timeout: patient.statement + 1000,
});

/** Statistics of the partitioned tables as wholes are gathered by nobody else; they change slowly. */
const analyzeEvery: Millis = 3_600_000;

/**
 * Housekeeping of the database itself. The hot tables live by inserting and deleting, and a minute between two rounds of
 * the server's own vacuum is long for them: after a burst every look at an empty queue reads what the burst left.
 */
export function createMaintenance({
  pool,
  system,
  follow,
}: {
  readonly pool: pg.Pool;
  readonly system: System;
  readonly follow: Clock | null;
}): () => Promise<void> {
  let analyzedAt: Millis | null = null;
  return async () => {
    const client = await pool.connect().catch((error: unknown) => {
      throw ours(error);
    });
    const query = queryOn(client, follow);
    let broken = false;
    try {
      await query({ text: 'BEGIN' });
      await query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [schemaLock] });
      const { rows } = await query({ text: 'SELECT now_ms() AS now' });
      await preparePartitions(query, (rows[0] as { now: number }).now);
      await query({ text: 'COMMIT' });
      await query({ text: `SET statement_timeout = ${patient.statement}` });
      await query(patiently('VACUUM (ANALYZE) queue, leases'));
      const now = system.clock.mono();
      if (analyzedAt !== null && now - analyzedAt < analyzeEvery) return;
      analyzedAt = now;
      await query(patiently('ANALYZE runs, attempts'));
    } catch (error) {
      await client.query('ROLLBACK').catch(() => (broken = true));
      throw error;
    } finally {
      await client.query('RESET statement_timeout').catch(() => (broken = true));
      client.release(broken);
    }
  };
}
