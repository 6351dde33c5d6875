import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import * as factories from '../../testing/factories.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { createPool } from './connections.ts';
import { monthsFrom } from './partitions.ts';

const system = realSystem();
let database: Awaited<ReturnType<typeof freshPostgres>>;
let store: Store;
let admin: pg.Client;

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  store = await openStore({ url: database.url, system, migrate: true, pool: 3 });
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await store.close();
  await database.drop();
});

const endSessions = (role: string) =>
  admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`,
    [`job-trigger ${role}`],
  );

describe('sessions', () => {
  test('have JIT off, time-outs, and the options of the address', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c work_mem=7MB');
    const timeouts = { statement: 1234, lock: 567, idle: 890 };
    const pool = createPool(pg, { url: url.href, role: 'test', max: 1, system, timeouts });
    const shown = async (name: string) => (await pool.query<Record<string, string>>(`SHOW ${name}`)).rows[0]?.[name];
    expect(await shown('jit')).toBe('off');
    expect(await shown('statement_timeout')).toBe('1234ms');
    expect(await shown('lock_timeout')).toBe('567ms');
    expect(await shown('idle_in_transaction_session_timeout')).toBe('890ms');
    expect(await shown('work_mem')).toBe('7MB');
    await pool.end();
  });

  test('end a statement that takes longer than its box, and go on (SEC-J3)', async () => {
    const boxed = await openStore({ url: database.url, system, roleTimeouts: { statement: 100, lock: 5000 } });
    await admin.query('BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE');
    try {
      await expect(boxed.jobs.get(1)).rejects.toMatchObject({ code: 'timed_out' });
    } finally {
      await admin.query('ROLLBACK');
    }
    expect(await boxed.jobs.get(1)).toBeNull();
    await boxed.close();
  });

  test('that the server ended are replaced, and the process lives on (F25)', async () => {
    await Promise.all([store.ping(), store.ping(), store.now()]);
    await endSessions('store');
    await vi.waitFor(() => store.ping(), { timeout: 10_000 });
    expect(await store.ids(1)).toHaveLength(1);
  });

  test('ended in mid-transaction make the database unreachable, and nothing is kept (F25)', async () => {
    const job = factories.job();
    const broken = store.transaction(async (tables) => {
      await tables.jobs.insert(job, null);
      await endSessions('store');
      await tables.jobs.get(job.id);
    });
    await expect(broken).rejects.toMatchObject({ code: 'database_unreachable' });
    await vi.waitFor(async () => expect(await store.jobs.get(job.id)).toBeNull(), { timeout: 10_000 });
  });
});

describe('the bell', () => {
  test('hears again after its connection was ended', async () => {
    const other = await openStore({ url: database.url, system });
    let heard = 0;
    const leave = store.bell.listen('plan', () => (heard += 1));
    const rungUntil = (count: number) =>
      vi.waitFor(
        () => {
          other.bell.ring('plan');
          expect(heard).toBeGreaterThan(count);
        },
        { timeout: 15_000, interval: 50 },
      );
    await rungUntil(1);
    await endSessions('bell listener');
    await endSessions('bell');
    await rungUntil(heard + 2);
    leave();
    await other.close();
  });
});

test.each([
  ['nobody listens', 'postgres://postgres@127.0.0.1:1/postgres'],
  ['the database is missing', null],
])('a server where %s is unreachable', async (_, url) => {
  const missing = new URL(database.url);
  missing.pathname = '/no_such_database';
  await expect(openStore({ url: url ?? missing.href, system })).rejects.toMatchObject({ code: 'database_unreachable' });
});

test('transactions that block each other in a circle both succeed (F29)', async () => {
  const jobs = [factories.job(), factories.job()];
  for (const job of jobs) await store.jobs.insert(job, null);
  const [one, two] = jobs.map(({ id }) => id);
  const both = Promise.withResolvers<void>();
  let inside = 0;
  const locking = (first: number, second: number) =>
    store.transaction(async (tables) => {
      await tables.jobs.countAutomaticRuns(first, 1);
      inside += 1;
      if (inside === 2) both.resolve();
      await both.promise;
      await tables.jobs.countAutomaticRuns(second, 1);
    });
  await Promise.all([locking(one ?? 0, two ?? 0), locking(two ?? 0, one ?? 0)]);
  expect(await Promise.all(jobs.map(async ({ id }) => (await store.jobs.get(id))?.automaticRuns))).toEqual([2, 2]);
});

test('a transaction in which a statement failed is not taken for a commit', async () => {
  const job = factories.job();
  const swallowed = store.transaction(async (tables) => {
    await tables.jobs.insert(job, null);
    await tables.schedules.insert([
      factories.schedule({ jobId: job.id }),
      factories.schedule({ jobId: job.id, id: job.id }),
    ]);
    await tables.schedules.insert([factories.schedule({ jobId: job.id, id: job.id })]).catch(() => undefined);
  });
  await expect(swallowed).rejects.toMatchObject({ code: 'internal' });
  expect(await store.jobs.get(job.id)).toBeNull();
});

describe('partitions', () => {
  test('cover this month and the next ones, in UTC', async () => {
    expect(monthsFrom(Date.UTC(2027, 11, 31, 23), 3)).toEqual([
      { name: '2027_12', from: Date.UTC(2027, 11, 1), to: Date.UTC(2028, 0, 1) },
      { name: '2028_01', from: Date.UTC(2028, 0, 1), to: Date.UTC(2028, 1, 1) },
      { name: '2028_02', from: Date.UTC(2028, 1, 1), to: Date.UTC(2028, 2, 1) },
    ]);
    const { rows } = await admin.query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'runs'::regclass`,
    );
    const months = monthsFrom(await store.now(), 3).map(({ name }) => `runs_${name}`);
    expect(rows.map(({ name }) => String(name)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      ...months,
      'runs_default',
    ]);
  });

  test('hold runs by the time of their creation, and what none covers is found all the same', async () => {
    const job = factories.job();
    await store.jobs.insert(job, null);
    const now = await store.now();
    const [current, old] = [
      factories.newRun({ jobId: job.id, createdAt: now }),
      factories.newRun({ jobId: job.id, createdAt: 1000 }),
    ];
    await store.runs.insert([current, old]);
    const { rows } = await admin.query<{ id: number; place: string }>(
      `SELECT id::int, tableoid::regclass::text AS place FROM runs WHERE job_id = $1 ORDER BY created_at`,
      [job.id],
    );
    expect(rows).toEqual([
      { id: old.id, place: 'runs_default' },
      { id: current.id, place: `runs_${monthsFrom(now, 1)[0]?.name}` },
    ]);
    expect((await store.runs.list({ jobId: job.id }, { limit: 5 })).items.map(({ id }) => id)).toEqual([
      current.id,
      old.id,
    ]);
    await store.maintain();
    expect(await store.runs.find(old.id)).toMatchObject({ id: old.id });
  });
});
