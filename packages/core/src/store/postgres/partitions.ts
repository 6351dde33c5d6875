/** Months of runs and attempts as tables of their own, so that history can leave by dropping one. */
import type { Instant } from '../../model/instant.ts';
import type { Query } from './session.ts';

/** The current month and these after it have their tables before the first row comes. */
const monthsAhead = 2;

const partitioned = [
  { table: 'runs', key: 'created_at', settings: 'WITH (fillfactor = 40)' },
  { table: 'attempts', key: 'run_created_at', settings: '' },
] as const;

interface Month {
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** The UTC months from the one that holds `now`. */
export function monthsFrom(now: Instant, count: number): readonly Month[] {
  const at = new Date(now);
  return Array.from({ length: count }, (_, index) => {
    const from = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + index, 1);
    const to = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + index + 1, 1);
    return { name: new Date(from).toISOString().slice(0, 7).replace('-', '_'), from, to };
  });
}

/**
 * Makes the tables of the months ahead where they are missing, inside the caller's transaction. A month whose rows already
 * stand in the default table is left there: moving them would lock the record.
 *
 * @returns names of the tables made
 */
export async function preparePartitions(query: Query, now: Instant): Promise<readonly string[]> {
  const made: string[] = [];
  for (const { table, key, settings } of partitioned) {
    for (const { name, from, to } of monthsFrom(now, 1 + monthsAhead)) {
      const partition = `${table}_${name}`;
      const { rows } = await query({
        text: `SELECT to_regclass($1) IS NOT NULL OR EXISTS (SELECT 1 FROM ${table}_default WHERE ${key} >= $2 AND ${key} < $3) AS settled`,
        values: [partition, from, to],
      });
      if ((rows[0] as { settled: boolean }).settled) continue;
      await query({
        text: `CREATE TABLE ${partition} PARTITION OF ${table} FOR VALUES FROM (${from}) TO (${to}) ${settings}`,
      });
      made.push(partition);
    }
  }
  return made;
}
