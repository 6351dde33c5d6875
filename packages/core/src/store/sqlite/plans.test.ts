import { afterAll, expect, test } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { openStore } from '../open-store.ts';
import { sqliteBuilder } from '../sql/builder.ts';
import { ledgerTable } from '../sql/ledger.ts';
import { leasedRuns, queuedRuns } from '../sql/live-rows.ts';
import type { Session } from '../sql/session.ts';
import type { Statement } from '../sql/statement.ts';
import { openConnection } from './connection.ts';
import * as dispatch from './dispatch-statements.ts';
import { throughViews } from '../sql/views.ts';
import { sqliteStatements } from './statements.ts';

const folder = freshDir();
const path = `${folder.path}/plans.db`;
const system = realSystem();
const store = await openStore({ url: `sqlite:${path}`, system, migrate: true });
const connection = await openConnection(path, system);
afterAll(async () => {
  connection.close();
  await store.close();
  folder.remove();
});

function planOf({ text }: Statement): string {
  const { rows } = connection.run(`EXPLAIN QUERY PLAN ${text}`, {});
  return rows.map((row) => (row as { detail: string }).detail).join('\n');
}

test('a claim searches the claim index in its order and sorts nothing', () => {
  const plan = planOf(dispatch.claim);
  expect(plan).toMatch(
    /SEARCH q USING INDEX queue_claim \(queue=\? AND priority=\? AND available_at>\? AND available_at<\?\)/,
  );
  expect(plan).toContain('leases_never_two');
  expect(plan).not.toMatch(/SCAN (?!\(subquery)|TEMP B-TREE FOR ORDER BY/);
});

test('heads of lines are looked up, not counted', () => {
  expect(planOf(dispatch.lines)).toMatch(/SEARCH q USING COVERING INDEX queue_claim \(queue=\? AND priority=\?\)/);
});

test('what is due is found by the index of plans', () => {
  const plan = planOf(sqliteStatements.dueJobs);
  expect(plan).toMatch(/USING (COVERING )?INDEX schedules_plan/);
  expect(plan).not.toContain('TEMP B-TREE');
});

test.each([
  ['intend', dispatch.intend, /SEARCH leases USING INTEGER PRIMARY KEY/],
  ['end leases', dispatch.endLeases, /SEARCH leases USING INTEGER PRIMARY KEY/],
  ['leave the queue', dispatch.leaveQueue, /SEARCH queue USING INTEGER PRIMARY KEY/],
  ['complete runs', dispatch.completeRuns, /SEARCH runs USING PRIMARY KEY/],
  ['advance', sqliteStatements.advance, /SEARCH schedules USING INTEGER PRIMARY KEY/],
  ['newest runs', sqliteStatements.newestRuns(40), /SEARCH n USING INDEX runs_job/],
  [
    'newest runs as somebody sees them',
    { name: 'seen_newest_runs', text: throughViews('sqlite', sqliteStatements.newestRuns(40).text) ?? '' },
    /SEARCH t USING PRIMARY KEY \(id=\?\)[^]*SEARCH t USING INDEX runs_job/,
  ],
])('the statement to %s searches by key', (_, statement, expected) => {
  const plan = planOf(statement);
  expect(plan).toMatch(expected);
  expect(plan).not.toMatch(/SCAN (leases|queue|runs|schedules|n|r)\b/);
});

const session = { build: sqliteBuilder } as Session;
test.each([
  ['waits', queuedRuns(session).where('r.trigger', '<>', 'manual').select('r.due_at').compile()],
  ['lives', leasedRuns(session).where('r.trigger', '<>', 'manual').select('r.due_at').compile()],
])('what %s leads to its runs, whatever else is asked of them', (_, { sql: text }) => {
  expect(planOf({ text } as Statement)).toMatch(/^SCAN [ql]\nSEARCH r USING/);
});

test.each([{ state: 'skipped' }, { reasons: ['misfire'] }] as const)(
  'what of a schedule did not run (%j) is found without what did',
  async (filter) => {
    const asked: string[] = [];
    const rows: Session['rows'] = (query) => {
      asked.push(query.compile().sql);
      return Promise.resolve((asked.length === 1 ? [{ schedule_id: 7 }] : []) as never);
    };
    await ledgerTable({ ...session, rows }).ofJob(1, { limit: 50 }, filter);
    const plan = planOf({ text: asked[1] ?? '' } as Statement);
    expect(plan).toMatch(/SEARCH occurrences USING PRIMARY KEY \(schedule_id=\? AND due_at=\?\)/);
    expect(plan).toContain('SEARCH occurrences USING COVERING INDEX occurrences_not_run (schedule_id=?)');
  },
);
