/** Plans made on an empty database, as those of a worker are that has been there since its first day. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Parameters, Statement } from '../sql/statement.ts';
import { configOf } from './connections.ts';
import * as dispatch from './dispatch-statements.ts';
import { numbered, valuesOf } from './numbered.ts';
import { postgresStatements } from './statements.ts';
import { openFresh, type Fresh } from './test-fresh.ts';

const count = 20_000;
const few = 5;
const keys = Array.from({ length: few }, (_, index) => 900_000_000 + index * 100);
const fence = 1;
const held = JSON.stringify(keys.map((run_id) => ({ run_id, fence })));
const done = JSON.stringify(keys.map((run_id) => ({ run_id, fence, outcome: 'failed', state: 'failed', keep: false })));
const createdAt = Date.UTC(2026, 10, 1);

const cases: readonly (readonly [Statement, Parameters])[] = [
  [postgresStatements.loadRuns, { rows: JSON.stringify(keys.map((id) => ({ id, created_at: createdAt }))) }],
  [dispatch.intend, { held, incarnation: 1 }],
  [dispatch.markRunning, { held, incarnation: 1 }],
  [dispatch.finish, { done }],
  [
    dispatch.finishPlain,
    {
      ids: `{${keys.join(',')}}`,
      fences: `{${keys.map(() => fence).join(',')}}`,
      born: `{${keys.map(() => 1).join(',')}}`,
    },
  ],
];

let fresh: Fresh;
let worker: pg.Client;
beforeAll(async () => {
  fresh = await openFresh();
  worker = new pg.Client(configOf(pg, { url: fresh.database.url, role: 'test', byKey: true }));
  await worker.connect();
  for (const [statement, parameters] of cases) {
    await worker.query(`PREPARE ${statement.name} AS ${numbered(statement).text}`);
    await worker.query(`EXPLAIN EXECUTE ${statement.name} (${given(statement, parameters)})`);
  }
  // In a transaction that stays open: nobody counts these rows, and nobody plans anew for it.
  await worker.query('BEGIN');
  await worker.query(
    `INSERT INTO runs (id, created_at, job_id, job_version, trigger, priority, queue, parameters)
     SELECT 900000000 + n, $1, 7, 1, 'schedule', 2, 1, '{}' FROM generate_series(0, ${count}) AS n`,
    [createdAt],
  );
  await worker.query(
    `INSERT INTO leases (run_id, run_created_at, job_id, queue, priority, on_lost, direct, attempt, fence, worker_id, incarnation, phase, claimed_at)
     SELECT 900000000 + n, $1, 7, 1, 2, 0, false, 1, ${fence}, 1, 1, CASE n % 2 WHEN 0 THEN 'claimed' ELSE 'starting' END, 1
     FROM generate_series(0, ${count}) AS n`,
    [createdAt],
  );
});
afterAll(async () => {
  await worker.end();
  await fresh.close();
});

const given = (statement: Statement, parameters: Parameters): string =>
  valuesOf(numbered(statement), parameters)
    .map((value) => pg.escapeLiteral(String(value)))
    .join(', ');

test.each(cases.map(([statement, parameters]) => [statement.name, statement, parameters] as const))(
  '%s reads what it is asked for, and not the thousands beside it',
  async (_, statement, parameters) => {
    await worker.query('SAVEPOINT before');
    const { rows } = await worker.query<Record<string, string>>(
      `EXPLAIN (ANALYZE, TIMING OFF) EXECUTE ${statement.name} (${given(statement, parameters)})`,
    );
    await worker.query('ROLLBACK TO before');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const read = [...plan.matchAll(/(?:actual rows=|Removed by (?:Join )?Filter: )(\d+)/g)].map(([, n]) => Number(n));
    expect(plan).toMatch(/Index Scan/);
    // What another of these tests took back stands beside it, dead.
    expect(Math.max(...read)).toBeLessThanOrEqual(few * cases.length);
  },
);
