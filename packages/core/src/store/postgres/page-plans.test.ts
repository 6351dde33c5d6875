/** Plans of what pages ask of a long past: as their connections make them, which know what is asked for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as factories from '../../testing/factories.ts';
import { ledgerTable } from '../sql/ledger.ts';
import type { Session } from '../sql/session.ts';
import { timelineTable } from '../sql/timeline.ts';
import { hearing, openFresh, type Fresh } from './test-fresh.ts';

/** One has nearly all runs, which are newer than the other's. */
const [busy, rare] = [factories.job(), factories.job()];
const [mixed, idle] = [factories.schedule({ jobId: rare.id }), factories.schedule({ jobId: busy.id })];
const few = 30;

let fresh: Fresh;

beforeAll(async () => {
  fresh = await openFresh();
  const { client, store } = fresh;
  for (const job of [busy, rare]) await store.jobs.insert(job, null);
  await store.schedules.insert([mixed, idle]);
  await client.query(
    `INSERT INTO runs (id, created_at, job_id, job_version, trigger, priority, queue, parameters, state, ended_at)
     SELECT 900000000 + n, 1000 + n, CASE WHEN n <= ${few} THEN $1 ELSE $2 END::bigint, 1, 'schedule', 2, 1, '{}', 'failed', 2000 + n
     FROM generate_series(1, 100000) AS n`,
    [rare.id, busy.id],
  );
  await client.query(
    `INSERT INTO occurrences (schedule_id, due_at, revision, run_id, run_created_at, reason, decided_at)
     SELECT $1::bigint, n, 1, CASE WHEN n % 20000 > 0 THEN n END, n, CASE WHEN n % 20000 = 0 THEN 'misfire' END, n FROM generate_series(1, 100000) AS n
     UNION ALL SELECT $2::bigint, n, 1, NULL, NULL, 'misfire', n FROM generate_series(1, 50000) AS n`,
    [mixed.id, idle.id],
  );
  await client.query('ANALYZE runs, occurrences');
});
afterAll(() => fresh.close());

/** The plan of the `nth` statement that `ask` sends, with the rows that it took. */
async function planOf(ask: (session: Session) => Promise<unknown>, nth = 0): Promise<string> {
  const { session, asked } = hearing(fresh.client);
  await ask(session);
  const { text, values = [] } = asked[nth] ?? { text: '' };
  const explain = { text: `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) ${text}`, values };
  return (await fresh.client.query<Record<string, string>>(explain)).rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** The most rows that a step of it took or left behind. */
const most = (plan: string): number =>
  Math.max(...[...plan.matchAll(/(?:actual rows=|Removed by Filter: )(\d+)/g)].map(([, rows]) => Number(rows)));

test('a timeline of several jobs walks what they ran in its span, and not what they ran later', async () => {
  const [from, limit] = [1000 + few, 50];
  const span = { from, to: from + 20 };
  const filter = { jobIds: [busy.id, rare.id] };
  const plan = await planOf((session) => timelineTable(session).runs(filter, span, limit));
  expect(most(plan)).toBeLessThanOrEqual(limit);
  const [, pages] = /Buffers: shared hit=(\d+)/.exec(plan) ?? [];
  expect(Number(pages)).toBeLessThan(50);
});

test('the first jobs of a tag by name are read in its order, and neither all of the tag nor those of others', async () => {
  const { client } = fresh;
  await client.query(
    `INSERT INTO jobs (id, created_at, updated_at, version, name, sort_name, type, active, automatic_runs, demo)
     SELECT 800000000 + n, 1, 1, 1, 'job ' || n, 'job ' || n, 'script', true, 0, false FROM generate_series(1, 20000) AS n`,
  );
  await client.query(
    `INSERT INTO job_tags (tag, job_id, sort_name) SELECT CASE WHEN n % 3 = 0 THEN 'ours' ELSE 'theirs' END, 800000000 + n, 'job ' || n
     FROM generate_series(1, 20000) AS n`,
  );
  await client.query('ANALYZE jobs, job_tags');
  const plan = await planOf((session) => timelineTable(session).matching({ tag: 'ours' }, 100));
  expect(plan).toMatch(/using job_tags_name/);
  expect(most(plan)).toBeLessThanOrEqual(102);
});

test.each([{ state: 'skipped' }, { reasons: ['misfire'] }] as const)(
  'what of a schedule did not run (%j) is found without what did',
  async (filter) => {
    const asked = { ...filter, scheduleId: mixed.id };
    const plan = await planOf((session) => ledgerTable(session).ofJob(rare.id, { limit: 50 }, asked), 1);
    expect(plan).toMatch(/Index Only Scan Backward using occurrences_not_run/);
    expect(most(plan)).toBe(5);
  },
);
