/** A small shop in a PostgreSQL database of its own: what the journeys of a nightly dump keep safe. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { freshPostgres } from '../setup/databases.ts';

/** The client library, as a script finds it. */
export const pgLibrary = createRequire(join(import.meta.dirname, '../../packages/core/package.json')).resolve('pg');

const schema = `CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, born date, note jsonb);
CREATE TABLE "Odd Orders" (id int PRIMARY KEY, customer int REFERENCES customers, cents bigint, at timestamptz)`;

/** Rows of both tables. */
export const shopRows = 3500;

export interface Shop {
  readonly url: string;
  /** A sum for each table. */
  content(): Promise<unknown>;
  drop(): Promise<void>;
}

async function on<T>(url: string, work: (database: pg.Client) => Promise<T>): Promise<T> {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}

const contentOf = (url: string): Promise<unknown> =>
  on(url, async (database) => {
    const { rows: customers } = await database.query(
      'SELECT md5(string_agg(t::text, chr(10) ORDER BY id)) AS sum FROM customers t',
    );
    const { rows: orders } = await database.query(
      'SELECT md5(string_agg(t::text, chr(10) ORDER BY id)) AS sum FROM "Odd Orders" t',
    );
    return [...customers, ...orders] as unknown;
  });

async function shopWith(fill: (database: pg.Client) => Promise<unknown>): Promise<Shop> {
  const fresh = await freshPostgres(inject('postgresUrl'));
  const { url } = fresh;
  await on(url, async (database) => {
    await database.query(schema);
    await fill(database);
  });
  return { url, drop: () => fresh.drop(), content: () => contentOf(url) };
}

export const openShop = (): Promise<Shop> =>
  shopWith(async (database) => {
    await database.query(`INSERT INTO customers SELECT n, 'O''Brien "' || n || E'"\\n', date '1970-01-01' + n, '{"a": [1, null]}'
      FROM generate_series(1, 500) n`);
    await database.query(`INSERT INTO "Odd Orders" SELECT n, 1 + n % 500, n * 900719925474993, to_timestamp(n)
      FROM generate_series(1, 3000) n`);
  });

/** What a dump holds, in another database. */
export const shopOf = (dump: string): Promise<Shop> =>
  shopWith(async (database) => {
    await database.query("SET session_replication_role = 'replica'");
    await database.query(dump);
  });
