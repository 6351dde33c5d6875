/** How two databases say the same when they write by themselves. */
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** How one database says what both mean. */
export interface Dialect {
  readonly exec: (text: string) => Promise<void>;
  numbers(from: number, to: number): string;
  readonly json: (text: string) => string;
  readonly yes: string;
  readonly no: string;
  close(): Promise<void>;
}

export function sqliteDialect(path: string): Dialect {
  const database = new DatabaseSync(path);
  // What is lost with the power is made again.
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
  return {
    exec: (text) => Promise.resolve(database.exec(text)),
    numbers: (from, to) =>
      `(WITH RECURSIVE g(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM g WHERE n < ${to}) SELECT n FROM g) AS g`,
    json: (text) => text,
    yes: '1',
    no: '0',
    close: () => Promise.resolve(database.close()),
  };
}

export async function postgresDialect(url: string): Promise<Dialect> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SET synchronous_commit = off; SET work_mem = '64MB'");
  return {
    exec: async (text) => void (await client.query(text)),
    numbers: (from, to) => `generate_series(${from}::bigint, ${to}::bigint) AS g(n)`,
    json: (text) => `CAST(${text} AS json)`,
    yes: 'true',
    no: 'false',
    close: () => client.end(),
  };
}
