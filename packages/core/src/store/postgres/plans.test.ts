import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { systemClock } from '../../system/clock.ts';
import { realSystem } from '../../system/system.ts';
import * as factories from '../../testing/factories.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { openStore } from '../open-store.ts';
import type { Finished } from '../dispatch-table.ts';
import type { ClaimRow } from '../sql/dispatch.ts';
import { timesOf } from '../sql/run-times.ts';
import { runsOf } from '../sql/run-view.ts';
import { tablesOf } from '../sql/tables.ts';
import type { Session } from '../sql/session.ts';
import type { Parameters, Statement } from '../sql/statement.ts';
import type { Store } from '../store.ts';
import { ClaimMarks } from './claim-marks.ts';
import { configOf } from './connections.ts';
import * as dispatch from './dispatch-statements.ts';
import { postgresDispatch } from './dispatch.ts';
import { numbered, valuesOf } from './numbered.ts';
import { postgresSession, queryOn } from './session.ts';
import { postgresStatements } from './statements.ts';
import { hearing, openFresh, type Fresh } from './test-fresh.ts';

let database: Fresh['database'];
let store: Store;
let client: pg.Client;

let close: Fresh['close'];

beforeAll(async () => {
  ({ database, store, client, close } = await openFresh());
});
afterAll(() => close());

async function planOf(statement: Statement, parameters: Parameters): Promise<string> {
  const { text, ...rest } = numbered(statement);
  const { rows } = await client.query<Record<string, string>>({
    text: `EXPLAIN ${text}`,
    values: valuesOf({ text, ...rest }, parameters),
  });
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const claim = { queue: 1, priority: 2, name: 'default', worker: 1, incarnation: 1, aged: 0, free: 5, at: 0, run: 0 };

test('a claim reads the claim index in its order, on a fresh table and on a filled one', async () => {
  const job = factories.job();
  await store.jobs.insert(job, null);
  for (const rows of [0, 4000]) {
    await store.runs.insert(
      Array.from({ length: rows }, (_, index) =>
        factories.newRun({ jobId: job.id, slots: index % 2 === 0 ? 2 : null }),
      ),
    );
    if (rows > 0) await client.query('ANALYZE queue');
    const plan = await planOf(dispatch.claim, claim);
    const picked = plan.slice(plan.indexOf('CTE picked'), plan.indexOf('CTE plain'));
    expect(picked).toContain('queue_claim');
    expect(picked).toMatch(/Index Cond:.*available_at <= \(?now_ms\(\)/);
    if (rows > 0) expect(picked).not.toMatch(/Seq Scan on queue|Sort Key/);
  }
});

test('a claim finds each row by its key, although the tables were empty when their rows were counted', async () => {
  const burst = await freshPostgres(inject('postgresUrl'));
  const own = await openStore({ url: burst.url, system: realSystem(), migrate: true, pool: 2 });
  const looker = new pg.Client(configOf(pg, { url: burst.url, role: 'test', byKey: true }));
  await looker.connect();
  const job = factories.job();
  await own.jobs.insert(job, null);
  const some = (count: number) =>
    own.runs.insert(Array.from({ length: count }, () => factories.newRun({ jobId: job.id })));
  await some(100);
  await looker.query('DELETE FROM queue');
  for (const table of ['queue', 'leases', 'runs']) await looker.query(`VACUUM ANALYZE ${table}`);
  await some(3000);
  await looker.query('SET plan_cache_mode = force_generic_plan');
  const { text, ...rest } = numbered(dispatch.claim);
  const { rows } = await looker.query<Record<string, string>>({
    text: `EXPLAIN ${text}`,
    values: valuesOf({ text, ...rest }, claim),
  });
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).not.toMatch(/Join Filter:.*run_id/);
  expect(plan).toMatch(/Index Cond: \(run_id = ANY/);
  await looker.end();
  await own.close();
  await burst.drop();
});

test('what is due is found by the index of plans', async () => {
  const jobs = Array.from({ length: 3000 }, () => factories.schedule({ jobId: 1 }));
  await store.schedules.insert(jobs);
  await client.query('ANALYZE schedules');
  const plan = await planOf(postgresStatements.dueJobs, { now: 1000, limit: 50, of: 3, index: 1, anybodys: 0 });
  expect(plan).toContain('schedules_plan');
  expect(plan).not.toContain('Seq Scan');
});

/** Counts what a session sends. */
function counting(): { readonly session: Session; readonly sent: () => number } {
  const query = queryOn(client, null);
  let statements = 0;
  const session = postgresSession(
    (config) => {
      statements += 1;
      return query(config);
    },
    (then) => then(),
  );
  return { session, sent: () => statements };
}

interface Updates {
  readonly updated: number;
  readonly hot: number;
}

async function updates(): Promise<Updates> {
  await client.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await client.query<Updates>(
    `SELECT sum(n_tup_upd) AS updated, sum(n_tup_hot_upd) AS hot FROM pg_stat_user_tables WHERE relname LIKE 'runs_%'`,
  );
  return rows[0] ?? { updated: 0, hot: 0 };
}

const asSuccess = ({ run_id: runId, fence }: ClaimRow, exitCode: number | null): Finished => ({
  runId,
  fence,
  outcome: 'succeeded',
  state: 'succeeded',
  retryAt: null,
  reason: null,
  exitCode,
  signal: null,
  failure: null,
  result: null,
});

test.each([
  ['of scripts', 0],
  ['of functions, that have nothing to tell', null],
])(
  'claiming from one line takes two statements, finishing a batch %s one, and its updates stay in their pages',
  async (_, exitCode) => {
    const count = 600;
    const job = factories.job();
    const worker = factories.worker({ queues: ['counted'] });
    await store.jobs.insert(job, null);
    await store.workers.register(worker);
    await store.runs.insert(
      Array.from({ length: count }, () =>
        factories.newRun({ jobId: job.id, queue: 'counted', direct: exitCode === null }),
      ),
    );
    const { session, sent } = counting();
    const { claim: take, finish } = postgresDispatch(session, new Map(), new ClaimMarks(systemClock()));
    const { id: workerId, incarnation } = worker;
    const claims = await take({ workerId, incarnation, free: count, queues: ['counted'], labels: [] });
    expect([claims.length, sent()]).toEqual([count, 2]);
    const before = await updates();
    expect(await finish(claims.map((claim) => asSuccess(claim, exitCode)))).toHaveLength(count);
    expect(sent()).toBe(3);
    const { updated, hot } = await updates();
    expect(updated - before.updated).toBe(count);
    expect((hot - before.hot) / count).toBeGreaterThanOrEqual(0.95);
  },
);

test('behind a mark a claim reads no row of what was claimed before it, also while an old snapshot keeps them', async () => {
  const [count, free] = [2000, 100];
  const job = factories.job();
  const worker = factories.worker({ queues: ['marked'] });
  await store.jobs.insert(job, null);
  await store.workers.register(worker);
  await store.runs.insert(Array.from({ length: count }, () => factories.newRun({ jobId: job.id, queue: 'marked' })));
  const holding = new pg.Client(configOf(pg, { url: database.url, role: 'test' }));
  await holding.connect();
  await holding.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await holding.query('SELECT count(*) FROM queue');
  const clock = manualClock();
  const marks = new ClaimMarks(clock);
  const { claim: take } = postgresDispatch(counting().session, new Map(), marks);
  const request = { workerId: worker.id, incarnation: worker.incarnation, free, queues: ['marked'], labels: [] };
  for (let taken = 0; taken < count - free; taken += free) expect(await take(request)).toHaveLength(free);
  const { rows } = await client.query<{ id: number }>(`SELECT id FROM queues WHERE name = 'marked'`);
  const line = { ...claim, queue: rows[0]?.id ?? 0, worker: worker.id, incarnation: worker.incarnation, free };
  const visited = async (place: { readonly at: number; readonly run: number }): Promise<number> => {
    await client.query('BEGIN');
    const text = `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) ${numbered(dispatch.claim).text}`;
    const plan = await client.query<Record<string, string>>({
      text,
      values: valuesOf(numbered(dispatch.claim), { ...line, ...place }),
    });
    await client.query('ROLLBACK');
    const texts = plan.rows.map((row) => row['QUERY PLAN'] ?? '');
    const at = texts.findIndex((text) => text.includes('queue_claim'));
    return Number(/hit=(\d+)/.exec(texts.slice(at).find((text) => text.includes('Buffers')) ?? '')?.[1] ?? NaN);
  };
  const [front, behind] = [
    await visited({ at: 0, run: 0 }),
    await visited(marks.begin().of({ ...line, passed: null, passed_at: null })),
  ];
  await holding.query('ROLLBACK');
  await holding.end();
  expect(behind).toBeLessThan(front / 4);
});

test('what comes to stand before a mark is found within a second, and at once when nothing else waits', async () => {
  const job = factories.job();
  const worker = factories.worker({ queues: ['early'] });
  await store.jobs.insert(job, null);
  await store.workers.register(worker);
  const put = (id: number, availableAt: number): Promise<void> =>
    store.runs.insert([factories.newRun({ id, createdAt: availableAt, availableAt, jobId: job.id, queue: 'early' })]);
  const clock = manualClock();
  const { claim: take } = postgresDispatch(counting().session, new Map(), new ClaimMarks(clock));
  const request = { workerId: worker.id, incarnation: worker.incarnation, free: 1, queues: ['early'], labels: [] };
  const next = async (): Promise<number | undefined> => (await take(request))[0]?.run_id;
  const [id = 0] = await store.ids(10);
  for (const n of [5, 6, 7, 8]) await put(id + n, 1000 + n);
  expect(await next()).toBe(id + 5);
  await put(id + 1, 1001);
  expect(await next()).toBe(id + 6);
  clock.advance(1000);
  expect(await next()).toBe(id + 1);
  expect([await next(), await next()]).toEqual([id + 7, id + 8]);
  await put(id + 2, 1002);
  expect([await next(), await next()]).toEqual([id + 2, undefined]);
});

test('lists of one run and of many are one prepared statement, planned no more after five', async () => {
  const job = factories.job();
  await store.jobs.insert(job, null);
  const runs = Array.from({ length: 40 }, () => factories.newRun({ jobId: job.id }));
  await store.runs.insert(runs);
  const keys = runs.map(({ id, createdAt }) => ({ id, created_at: createdAt }));
  const session = postgresSession(queryOn(client, null), () => undefined);
  for (const length of [1, 40, 2, 3, 4, 5, 6])
    expect((await runsOf(session, keys.slice(0, length))).map(({ id }) => id)).toEqual(
      keys.slice(0, length).map(({ id }) => id),
    );
  const { rows } = await client.query<{ custom: number; generic: number }>(
    `SELECT custom_plans AS custom, generic_plans AS generic FROM pg_prepared_statements WHERE name = 'jtp_runs_of_keys'`,
  );
  expect(rows).toEqual([{ custom: 5, generic: 2 }]);
});

test('the times of a job come by its index, of its newest runs and no further, however many more it has', async () => {
  const busy = factories.job();
  await store.jobs.insert(busy, null);
  // Fewer it may as well sort.
  await client.query(
    `INSERT INTO runs (id, created_at, job_id, job_version, trigger, priority, queue, parameters)
     SELECT 900000000 + n, 1000 + n, $1, 1, 'manual', 2, 1, '{}' FROM generate_series(1, 200000) AS n`,
    [busy.id],
  );
  await client.query('ANALYZE runs');
  const { session, asked } = hearing(client);
  expect(await timesOf(session, [busy.id], 20)).toEqual(new Map());
  const [{ text, values }] = asked as [pg.QueryConfig];
  const { rows } = await client.query<Record<string, string>>(`EXPLAIN (ANALYZE, TIMING OFF) ${text}`, values);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('Rows Removed by Filter: 2000');
  expect(plan).not.toMatch(/Sort {2}\(|rows=200000/);
});

test('runs that waited too long are looked for among versions with a deadline, also before anybody has counted those', async () => {
  const jobs = Array.from({ length: 5000 }, () => factories.job());
  await store.transaction(async (tables) => {
    for (const job of jobs) await tables.jobs.insert(job, null);
  });
  const [{ id: jobId } = factories.job()] = jobs;
  await store.runs.insert(Array.from({ length: 3 }, () => factories.newRun({ jobId })));
  const { session, asked } = hearing(client);
  const dispatching = postgresDispatch(session, new Map(), new ClaimMarks(systemClock()));
  const { runs } = tablesOf(session, dispatching, new Map(), new Map(), null);
  expect(await runs.waitingTooLong(0, 10)).toEqual([]);
  const { text, values } = asked.at(-1) as pg.QueryConfig;
  const { rows } = await client.query<Record<string, string>>(`EXPLAIN ${text}`, values);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('job_versions_deadline');
  expect(plan).not.toContain('Seq Scan on job_versions');
});

test("a job's ledger is removed by ranges of its key, also when its tables were empty when their rows were counted", async () => {
  const job = factories.job();
  await store.jobs.insert(job, null);
  const schedule = factories.schedule({ jobId: job.id });
  await store.schedules.insert([schedule]);
  await client.query('VACUUM ANALYZE occurrences, gaps');
  await client.query(
    `INSERT INTO occurrences (schedule_id, due_at, revision, reason, decided_at)
     SELECT $1, n, 1, 'misfire', n FROM generate_series(1, 3000) AS n`,
    [schedule.id],
  );
  const { session, asked } = hearing(client);
  const dispatching = postgresDispatch(session, new Map(), new ClaimMarks(systemClock()));
  const { ledger } = tablesOf(session, dispatching, new Map(), new Map(), null);
  expect(await ledger.removeOfJob(job.id, 1000)).toBe(1000);
  const { text, values } = asked.find((query) => query.text.startsWith('DELETE')) as pg.QueryConfig;
  const { rows } = await client.query<Record<string, string>>(`EXPLAIN ${text}`, values);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(/Index Scan (?:using|on) occurrences_pkey/);
  expect(plan).not.toMatch(/Join|Seq Scan/);
});
