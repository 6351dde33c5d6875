/** Plans that serve any job, as connections for runs on their way have them: none may read all that a job ever ran. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../model/job.ts';
import * as factories from '../../testing/factories.ts';
import { chainTable } from '../sql/chains.ts';
import { readFailures } from '../sql/failures.ts';
import type { Session } from '../sql/session.ts';
import { configOf } from './connections.ts';
import { hearing, openFresh, type Fresh } from './test-fresh.ts';

const ran = 200_000;
/** One has nearly all runs; the other's are older than those. */
const [busy, rare] = [factories.job(), factories.job()];
const few = 30;

let fresh: Fresh;
let dispatching: pg.Client;

beforeAll(async () => {
  fresh = await openFresh();
  dispatching = new pg.Client(configOf(pg, { url: fresh.database.url, role: 'test', byKey: true }));
  await dispatching.connect();
  for (const job of [busy, rare]) await fresh.store.jobs.insert(job, null);
  await fresh.client.query(
    `INSERT INTO runs (id, created_at, job_id, job_version, trigger, priority, queue, parameters, state, ended_at)
     SELECT 900000000 + n, 1000 + n, CASE WHEN n <= ${few} THEN $1 ELSE $2 END::bigint, 1, 'schedule', 2, 1, '{}', 'failed', 2000 + n
     FROM generate_series(1, ${few + ran}) AS n`,
    [rare.id, busy.id],
  );
  await fresh.client.query('ANALYZE runs');
});
afterAll(async () => {
  await dispatching.end();
  await fresh.close();
});

/** The plan of what `ask` sends, as that connection makes it, with the rows that it took. */
async function planOf(ask: (session: Session) => Promise<unknown>): Promise<string> {
  const { session, asked } = hearing(dispatching);
  await ask(session);
  const [{ text, values = [] }] = asked as [pg.QueryConfig];
  const given = values.map((value) => pg.escapeLiteral(String(value))).join(', ');
  await dispatching.query(`PREPARE looked AS ${text}`);
  const { rows } = await dispatching.query<Record<string, string>>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE looked (${given})`,
  );
  await dispatching.query('DEALLOCATE looked');
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** The most rows that a step of it took or left behind. */
const most = (plan: string): number =>
  Math.max(...[...plan.matchAll(/(?:actual rows=|Removed by Filter: )(\d+)/g)].map(([, rows]) => Number(rows)));

test.each([
  ['in a row', 200],
  ['of a period', 20_000],
])('the failures %s of a job are looked for among its newest runs', async (_, look) => {
  const failuresOf = ({ id: jobId }: Job) =>
    planOf((session) => readFailures(session, [{ jobId, from: null }], { look, limit: 100 }));
  expect([most(await failuresOf(busy)), most(await failuresOf(rare))]).toEqual([look, few]);
});

test('what is older than their time is walked no further than that', async () => {
  const from = 1000 + few + ran - 10;
  const plan = await planOf((session) => readFailures(session, [{ jobId: busy.id, from }], { look: 200, limit: 100 }));
  expect(most(plan)).toBe(200);
  const [, pages] = /Buffers: shared hit=(\d+)/.exec(plan) ?? [];
  expect(Number(pages)).toBeLessThan(50);
});

test('the newest end of a job is one row', async () => {
  const newestOf = ({ id }: Job) => planOf((session) => chainTable(session).newestEnded([id]));
  expect([most(await newestOf(busy)), most(await newestOf(rare))]).toEqual([1, 1]);
});

test('so are its newest runs, of which as many are read as are asked for', async () => {
  const newestOf = ({ id }: Job) =>
    planOf((session) => session.run(session.hot.newestRuns(25), { jobs: JSON.stringify([id]) }));
  expect([most(await newestOf(busy)), most(await newestOf(rare))]).toEqual([25, 25]);
});
