import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { finished } from '../../testing/conformance/bed.ts';
import * as factories from '../../testing/factories.ts';
import { openStore } from '../open-store.ts';
import type { Claim, Finished, Holder } from '../dispatch-table.ts';
import type { Store } from '../store.ts';

/** A result beside a change of phase whose answer was lost, so that nobody kept it back. */

let database: Awaited<ReturnType<typeof freshPostgres>>;
let store: Store;
let watching: pg.Client;
let holder: Holder;
let held: readonly Claim[];

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  store = await openStore({ url: database.url, system: realSystem(), migrate: true });
  watching = new pg.Client(database.url);
  await watching.connect();
});
afterAll(async () => {
  await watching.end();
  await store.close();
  await database.drop();
});

beforeEach(async () => {
  const job = factories.job();
  await store.jobs.insert(job, null);
  const worker = factories.worker();
  const queues = [`queue of ${worker.name}`];
  await store.workers.register({ ...worker, queues });
  holder = { workerId: worker.id, incarnation: worker.incarnation };
  const waiting = { jobId: job.id, queue: queues[0] ?? '', availableAt: 1 };
  await store.runs.insert([factories.newRun(waiting), factories.newRun({ ...waiting, direct: true })]);
  held = await store.dispatch.claim({ ...holder, free: 2, queues, labels: [] });
  await store.dispatch.intend(holder.incarnation, held);
});

async function waitsForLock(): Promise<void> {
  for (;;) {
    const { rows } = await watching.query<{ waiting: number }>(
      "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
}

/** What `finish` answers that began while the phase was changed, and went on when that was committed. */
async function finishBeside(results: readonly Finished[]): Promise<readonly number[]> {
  let finishing: Promise<readonly number[]> = Promise.resolve([]);
  await store.transaction(async (tables) => {
    await tables.dispatch.markRunning(holder.incarnation, held);
    finishing = store.dispatch.finish(results);
    await waitsForLock();
  });
  return finishing;
}

const late = async (): Promise<number> => {
  const kind = "kind = 'run.late_result'";
  return (await watching.query(`SELECT 1 FROM events WHERE ${kind}`)).rowCount ?? 0;
};

test('a result that waited for a change of phase is stored (P6)', async () => {
  const before = await late();
  const done = await finishBeside(held.map((claim) => finished(claim)));
  expect(new Set(done)).toEqual(new Set(held.map(({ runId }) => runId)));
  const states = held.map(({ runId: id, runCreatedAt: createdAt }) => store.runs.get({ id, createdAt }));
  expect(await Promise.all(states)).toMatchObject(held.map(() => ({ state: 'succeeded', attempt: 1 })));
  expect(await store.dispatch.leasesOf(holder)).toEqual([]);
  expect(await late()).toBe(before);
});

test('a result of an earlier fence stays late beside one that is stored (P6)', async () => {
  const before = await late();
  const [first, second] = held as readonly [Claim, Claim];
  const done = await finishBeside([finished(first), finished({ ...second, fence: second.fence - 1 })]);
  expect(done).toEqual([first.runId]);
  expect(await store.dispatch.leasesOf(holder)).toMatchObject([{ runId: second.runId, phase: 'running' }]);
  expect(await late()).toBe(before + 1);
});
