import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** Every row of every table by its name, as the database gives it. */
export type TableRows = Readonly<Record<string, readonly unknown[]>>;

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

function ofSqlite(path: string): TableRows {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const names = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`).all();
    return Object.fromEntries(
      names.map(({ name }) => [String(name), database.prepare(`SELECT * FROM "${String(name)}"`).all()]),
    );
  } finally {
    database.close();
  }
}

async function ofPostgres(url: string): Promise<TableRows> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const names = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
    );
    const tables: Record<string, readonly unknown[]> = {};
    for (const { name } of names.rows) tables[name] = (await client.query(`SELECT * FROM "${name}"`)).rows;
    return tables;
  } finally {
    await client.end();
  }
}

/** Every table of a database, whoever else has it open. */
export async function tableRows(url: string): Promise<TableRows> {
  return url.startsWith('sqlite:') ? ofSqlite(url.slice('sqlite:'.length)) : ofPostgres(url);
}

export async function tableSums(url: string): Promise<TableSums> {
  return Object.fromEntries(Object.entries(await tableRows(url)).map(([name, rows]) => [name, sumOf(rows)]));
}
