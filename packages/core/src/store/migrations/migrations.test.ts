import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { migrate, migrationStatus } from '../migrate.ts';
import { openStore } from '../open-store.ts';
import { applyMigrations } from '../postgres/migrate.ts';
import { openConnection } from '../sqlite/connection.ts';
import { migrateSqlite } from '../sqlite/migrate.ts';
import { migrations, schemaVersion } from './index.ts';
import type { Migration } from './migration.ts';

const system = realSystem();
const names = migrations.map(({ name }) => name);

interface Shape {
  readonly columns: Record<string, { readonly type: string; readonly nullable: boolean }>;
  readonly key: readonly string[];
  readonly indexes: Record<string, { readonly unique: boolean; readonly columns: string; readonly partial: boolean }>;
}

const plainType: Readonly<Record<string, string>> = { bigint: 'integer', boolean: 'integer', json: 'text' };

function sqliteShapes(path: string): Record<string, Shape> {
  const database = new DatabaseSync(path);
  const all = (sql: string, ...values: string[]) => database.prepare(sql).all(...values);
  const tables = all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).map(
    ({ name }) => String(name),
  );
  const shapes = tables.map((table): [string, Shape] => {
    const columns = all('SELECT * FROM pragma_table_info(?)', table);
    const indexes = all(`SELECT * FROM pragma_index_list(?) WHERE origin = 'c'`, table).map(
      (index): [string, Shape['indexes'][string]] => {
        const parts = all('SELECT name FROM pragma_index_info(?)', String(index['name']));
        const text = parts.map(({ name }) => (name === null ? '(expression)' : String(name))).join(', ');
        return [
          String(index['name']),
          { unique: index['unique'] === 1, columns: text, partial: index['partial'] === 1 },
        ];
      },
    );
    return [
      table,
      {
        columns: Object.fromEntries(
          columns.map(({ name, type, notnull }) => [
            name,
            { type: String(type).toLowerCase(), nullable: notnull === 0 },
          ]),
        ),
        key: columns
          .filter(({ pk }) => Number(pk) > 0)
          .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
          .map(({ name }) => String(name)),
        indexes: Object.fromEntries(indexes),
      },
    ];
  });
  database.close();
  return Object.fromEntries(shapes);
}

async function postgresShapes(url: string): Promise<Record<string, Shape>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const columns = await client.query<{ table: string; name: string; type: string; nullable: boolean }>(`
    SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, NOT a.attnotnull AS nullable
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
  const indexes = await client.query<{
    table: string;
    name: string;
    unique: boolean;
    key: boolean;
    partial: boolean;
    columns: string[];
  }>(`
    SELECT c.relname AS table, i.relname AS name, x.indisunique AS unique, x.indisprimary AS key, x.indpred IS NOT NULL AS partial,
      (SELECT array_agg(coalesce(a.attname::text, '(expression)') ORDER BY k.n) FROM unnest(x.indkey::int[]) WITH ORDINALITY AS k(attnum, n)
       LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0) AS columns
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition`);
  await client.end();
  const shapes: Record<string, { columns: Shape['columns']; key: readonly string[]; indexes: Shape['indexes'] }> = {};
  for (const { table, name, type, nullable } of columns.rows) {
    const shape = (shapes[table] ??= { columns: {}, key: [], indexes: {} });
    shape.columns[name] = { type: plainType[type] ?? type, nullable };
  }
  for (const { table, name, unique, key, partial, columns: parts } of indexes.rows) {
    const shape = shapes[table];
    if (!shape) continue;
    if (key) shape.key = parts;
    else shape.indexes[name] = { unique, columns: parts.join(', '), partial };
  }
  return shapes;
}

const folder = freshDir();
let postgres: Awaited<ReturnType<typeof freshPostgres>>;
beforeAll(async () => {
  postgres = await freshPostgres(inject('postgresUrl'));
});
afterAll(async () => {
  await postgres.drop();
  folder.remove();
});

test('migrations are numbered without gaps and have distinct names', () => {
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
  expect(new Set(names).size).toBe(migrations.length);
});

test('both databases end with the same tables, columns, keys and indexes', async () => {
  const path = `${folder.path}/shapes.db`;
  await migrate({ url: `sqlite:${path}`, system });
  const database = await freshPostgres(inject('postgresUrl'));
  await migrate({ url: database.url, system });
  const shapes = await postgresShapes(database.url);
  expect(Object.keys(shapes).length).toBeGreaterThan(15);
  const own = sqliteShapes(path);
  // SQLite passes over a full key without reading its row; PostgreSQL reads the row in any case.
  const [claim, ownClaim] = [shapes, own].map((of) => of['queue']?.indexes['queue_claim']);
  expect(ownClaim).toEqual({ ...claim, columns: `${claim?.columns}, concurrency_key, slots` });
  Object.assign(own['queue']?.indexes['queue_claim'] ?? {}, claim);
  expect(shapes).toEqual(own);
  await database.drop();
});

describe.each(['sqlite', 'postgres'] as const)('migrating %s', (kind) => {
  let made = 0;
  const fresh = async (): Promise<string> => {
    if (kind === 'sqlite') return `sqlite:${folder.path}/${(made += 1)}.db`;
    await postgres.drop();
    postgres = await freshPostgres(inject('postgresUrl'));
    return postgres.url;
  };
  const claimVersion = (url: string, number: number): Promise<void> =>
    execute(url, `INSERT INTO schema_migrations (number, name, applied_at) VALUES (${number}, 'later', 0)`);
  const execute = async (url: string, insert: string): Promise<void> => {
    if (kind === 'sqlite') {
      const database = new DatabaseSync(url.slice('sqlite:'.length));
      database.exec(insert);
      database.close();
      return;
    }
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(insert);
    await client.end();
  };

  test('of several starters one migrates and all of them can work', async () => {
    const url = await fresh();
    expect(await migrationStatus({ url, system })).toEqual({ current: 0, latest: schemaVersion, pending: names });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => migrate({ url, system })));
    expect(outcomes.filter(({ applied }) => applied.length > 0)).toEqual([
      { from: 0, to: schemaVersion, applied: names },
    ]);
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ url, system, migrate: true })));
    for (const store of stores) {
      expect(await store.ids(1)).toHaveLength(1);
      await store.close();
    }
    expect(await migrationStatus({ url, system })).toEqual({
      current: schemaVersion,
      latest: schemaVersion,
      pending: [],
    });
  });

  const int8 = 20;

  /** All migrations, and then these, on one connection that is closed after. */
  async function apply(url: string, more: readonly Migration[], first = migrations): Promise<unknown> {
    const steps = [...first, ...more];
    if (kind === 'sqlite') {
      const connection = await openConnection(url.slice('sqlite:'.length), system);
      return migrateSqlite(connection, system, steps).finally(() => connection.close());
    }
    const types = { getTypeParser: (id: number) => (id === int8 ? Number : pg.types.getTypeParser(id)) };
    const client = new pg.Client({ connectionString: url, types });
    await client.connect();
    return applyMigrations(({ text, values }) => client.query(text, [...(values ?? [])]), steps).finally(() =>
      client.end(),
    );
  }

  test('C17: what breaks in the middle leaves nothing behind, and the next start does it all', async () => {
    const url = await fresh();
    const next = { number: schemaVersion + 1, name: 'next' };
    const half = 'CREATE TABLE half_made (id integer); INSERT INTO no_such_table VALUES (1)';
    await expect(apply(url, [{ ...next, sqlite: half, postgres: half }])).rejects.toThrow();
    expect(await migrationStatus({ url, system })).toEqual({ current: 0, latest: schemaVersion, pending: names });
    await expect(openStore({ url, system })).rejects.toMatchObject({ code: 'database_too_old' });
    const whole = 'CREATE TABLE half_made (id integer)';
    await apply(url, [{ ...next, sqlite: whole, postgres: whole }]);
    expect(await migrationStatus({ url, system })).toMatchObject({ current: schemaVersion + 1 });
  });

  test('what was approved before approvals were counted was approved by one person', async () => {
    const url = await fresh();
    await apply(url, [], migrations.slice(0, names.indexOf('script-approvals')));
    const columns = 'script_id, number, created_at, hash, bytes, content, state';
    for (const row of [`(1, 1, 0, 'a', 0, '', 'approved')`, `(1, 2, 0, 'b', 0, '', 'waiting')`])
      await execute(url, `INSERT INTO script_versions (${columns}) VALUES ${row}`);
    const store = await openStore({ url, system, migrate: true });
    expect((await store.scripts.versions(1)).map(({ approvals }) => approvals)).toEqual([0, 1]);
    await store.close();
  });

  test('events written before are found by kind and by time', async () => {
    const url = await fresh();
    await apply(url, [], migrations.slice(0, names.indexOf('long_past')));
    const rows = ['run.succeeded', 'run.failed', 'run.succeeded'].map(
      (kind, n) => `(${1000 + n}, '${kind}', ${n + 1}, 7, 9, 7, '{}')`,
    );
    const columns = 'at, kind, run_id, run_created_at, job_id, job_created_at, data';
    await execute(url, `INSERT INTO events (${columns}) VALUES ${rows.join(', ')}`);
    const store = await openStore({ url, system, migrate: true });
    expect(await store.runs.counts(1000, 1002)).toMatchObject({ succeeded: 1, failed: 1 });
    expect((await store.events.list({ kinds: ['run.failed'], from: 1 }, { limit: 5 })).items).toHaveLength(1);
    expect((await store.events.list({ kinds: ['run.succeeded'] }, { limit: 5 })).items).toHaveLength(2);
    await store.close();
  });

  test('what a worker has ended in the last day is known before it ends the next', async () => {
    const url = await fresh();
    await apply(url, [], migrations.slice(0, names.indexOf('lean_record')));
    const worker = `INSERT INTO workers (id, created_at, name, host, platform, pid, version, slots, queues, labels, containment, incarnation,
      started_at, beat_at, draining) VALUES (7, 1, 'old', '', '', 1, '', 1, '[]', '[]', 'pgid', 1, 1, 1, ${kind === 'sqlite' ? '0' : 'false'})`;
    await execute(url, worker);
    const [now, hour] = [system.clock.wall(), 3_600_000];
    const ends = [now, now - 2 * hour, now - 40 * hour].map(
      (at, fence) => `(1, 1, ${fence}, 1, 7, '${fence === 1 ? 'failed' : 'succeeded'}', ${at})`,
    );
    const columns = 'run_id, run_created_at, fence, attempt, worker_id, outcome, ended_at';
    await execute(url, `INSERT INTO attempts (${columns}) VALUES ${ends.join(', ')}`);
    const store = await openStore({ url, system, migrate: true });
    await store.upkeep.count(7, { executed: 2, failed: 1 });
    const [tally] = await store.workers.tallies(now - 24 * hour);
    expect(tally).toMatchObject({ processed: 4, failed: 2 });
    await store.close();
  });

  test('an empty database is too old to work with, and the advice names the command', async () => {
    const url = await fresh();
    const opened = openStore({ url, system });
    await expect(opened).rejects.toMatchObject({
      code: 'database_too_old',
      message: expect.stringContaining('jtp migrate up'),
    });
  });

  test('a database of a later program is refused and left alone (SEC-K5)', async () => {
    const url = await fresh();
    await migrate({ url, system });
    await claimVersion(url, schemaVersion + 1);
    await expect(openStore({ url, system })).rejects.toMatchObject({ code: 'database_too_new' });
    await expect(openStore({ url, system, migrate: true })).rejects.toMatchObject({ code: 'database_too_new' });
    await expect(migrate({ url, system })).rejects.toMatchObject({ code: 'database_too_new' });
    expect(await migrationStatus({ url, system })).toMatchObject({ current: schemaVersion + 1, pending: [] });
  });
});
