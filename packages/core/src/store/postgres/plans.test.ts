import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import * as factories from '../../testing/factories.ts';
import { openStore } from '../open-store.ts';
import type { Parameters, Statement } from '../sql/statement.ts';
import type { Store } from '../store.ts';
import { configOf } from './connections.ts';
import * as dispatch from './dispatch-statements.ts';
import { postgresDispatch } from './dispatch.ts';
import { numbered, valuesOf } from './numbered.ts';
import { postgresSession, queryOn } from './session.ts';
import { postgresStatements } from './statements.ts';

let database: Awaited<ReturnType<typeof freshPostgres>>;
let store: Store;
let client: pg.Client;

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  store = await openStore({ url: database.url, system: realSystem(), migrate: true, pool: 2 });
  client = new pg.Client(configOf(pg, { url: database.url, role: 'test' }));
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await store.close();
  await database.drop();
});

async function planOf(statement: Statement, parameters: Parameters): Promise<string> {
  const { text, ...rest } = numbered(statement);
  const { rows } = await client.query<Record<string, string>>({
    text: `EXPLAIN ${text}`,
    values: valuesOf({ text, ...rest }, parameters),
  });
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const claim = { queue: 1, priority: 2, worker: 1, incarnation: 1, aged: 0, free: 5 };

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

test('what is due is found by the index of plans', async () => {
  const jobs = Array.from({ length: 3000 }, () => factories.schedule({ jobId: 1 }));
  await store.schedules.insert(jobs);
  await client.query('ANALYZE schedules');
  const plan = await planOf(postgresStatements.dueJobs, { now: 1000, limit: 50 });
  expect(plan).toContain('schedules_plan');
  expect(plan).not.toContain('Seq Scan');
});

test('claiming from one line takes two statements, finishing a batch one, and its update stays in the page', async () => {
  const job = factories.job();
  const worker = factories.worker({ queues: ['counted'] });
  await store.jobs.insert(job, null);
  await store.workers.register(worker);
  await store.runs.insert(Array.from({ length: 50 }, () => factories.newRun({ jobId: job.id, queue: 'counted' })));
  let statements = 0;
  const query = queryOn(client, null);
  const session = postgresSession(
    (config) => {
      statements += 1;
      return query(config);
    },
    (then) => then(),
  );
  const { claim: take, finish } = postgresDispatch(session, new Map());
  const claims = await take({
    workerId: worker.id,
    incarnation: worker.incarnation,
    free: 50,
    queues: ['counted'],
    labels: [],
  });
  expect([claims.length, statements]).toEqual([50, 2]);
  const done = claims.map((held) => {
    return {
      ...held,
      outcome: 'succeeded',
      state: 'succeeded',
      retryAt: null,
      reason: null,
      exitCode: 0,
      signal: null,
      failure: null,
      result: null,
    } as const;
  });
  expect(await finish(done)).toHaveLength(50);
  expect(statements).toBe(3);
  await client.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await client.query<{ updated: number; hot: number }>(
    `SELECT sum(n_tup_upd) AS updated, sum(n_tup_hot_upd) AS hot FROM pg_stat_user_tables WHERE relname LIKE 'runs_%'`,
  );
  expect(rows[0]?.updated).toBe(50);
  expect(rows[0]?.hot).toBeGreaterThan(25);
});
