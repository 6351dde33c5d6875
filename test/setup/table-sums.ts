import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** A checksum of every table by its name, for tests that show that something changed nothing. */
export type TableSums = Readonly<Record<string, string>>;

const sumOf = (rows: readonly unknown[]): string =>
  createHash('sha256')
    .update(
      rows
        .map((row) => JSON.stringify(row))
        .sort()
        .join('\n'),
    )
    .digest('hex');

function ofSqlite(path: string): TableSums {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const names = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`).all();
    return Object.fromEntries(
      names.map(({ name }) => [String(name), sumOf(database.prepare(`SELECT * FROM "${String(name)}"`).all())]),
    );
  } finally {
    database.close();
  }
}

async function ofPostgres(url: string): Promise<TableSums> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const names = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
    );
    const sums: Record<string, string> = {};
    for (const { name } of names.rows) sums[name] = sumOf((await client.query(`SELECT * FROM "${name}"`)).rows);
    return sums;
  } finally {
    await client.end();
  }
}

/** Every table of a database, whoever else has it open. */
export async function tableSums(url: string): Promise<TableSums> {
  return url.startsWith('sqlite:') ? ofSqlite(url.slice('sqlite:'.length)) : ofPostgres(url);
}
