import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../../../../test/setup/databases.ts';
import { realSystem } from '../system/system.ts';
import * as factories from '../testing/factories.ts';
import { openStore } from './open-store.ts';
import type { NewRun } from './run-table.ts';
import type { Store } from './store.ts';
import { writePlan } from './write-plan.ts';

/** Which line of history a database is on, and writing again what it has lost. */

const system = realSystem();

async function waitingRun(store: Store, slots: number | null = null): Promise<NewRun> {
  const now = await store.now();
  const job = factories.job({ createdAt: now });
  await store.jobs.insert(job, null);
  const [id = 0] = await store.ids(1);
  const run = factories.newRun({ id, jobId: job.id, createdAt: now, availableAt: now, slots });
  await store.runs.insert([run]);
  return run;
}

describe.each(['SQLite', 'PostgreSQL'])('on %s', (name) => {
  let store: Store;
  let clean: () => Promise<void>;
  beforeAll(async () => {
    const folder = freshDir();
    const database = name === 'SQLite' ? null : await freshPostgres(inject('postgresUrl'));
    store = await openStore({ url: database?.url ?? `sqlite:${folder.path}/jtp.db`, system, migrate: true });
    clean = async () => {
      await store.close();
      await database?.drop();
      folder.remove();
    };
  });
  afterAll(() => clean());

  test('a change is noted once, with ids above all that were given out, and settled once (C16)', async () => {
    const before = await store.lineage.look();
    expect(before.line).toBe(before.server);
    // The first line settles with its note, in a statement that may read the clock twice.
    expect(before.settledAt).toBeGreaterThanOrEqual(before.noticedAt);
    const [used = 0] = await store.ids(1);
    expect([await store.lineage.notice(before.number), await store.lineage.notice(before.number)]).toEqual([
      true,
      false,
    ]);
    const { number, settledAt } = await store.lineage.look();
    expect([number, settledAt]).toEqual([before.number + 1, null]);
    const far = await store.ids(2000);
    expect(far.at(-1)).toBeGreaterThan(used + 2 ** 32);
    await store.lineage.report(number, 7);
    await store.lineage.report(number, 7);
    expect(await store.lineage.reporters(number)).toEqual([7]);
    expect([await store.lineage.settle(number), await store.lineage.settle(number)]).toEqual([true, false]);
    expect(await store.lineage.isOpen()).toBe(true);
  });

  test('a waiting run is leased again under the fence its worker has, unless all slots are held (C16)', async () => {
    const holder = { workerId: 1, incarnation: 2 };
    const run = await waitingRun(store, 1);
    const lease = { runId: run.id, fence: 3, attempt: 2, startedAt: run.createdAt };
    expect(await store.recovery.stands(run)).toEqual({
      run: { ended: false },
      queue: { attempt: 1, fence: 0 },
      lease: null,
      fences: [],
    });
    expect(await store.recovery.retake(holder, lease)).toBe(true);
    expect(await store.recovery.stands(run)).toMatchObject({
      queue: null,
      lease: { ...lease, ...holder, phase: 'starting' },
    });
    const other = { ...run, id: run.id + 500 };
    await store.runs.insert([other]);
    expect(await store.recovery.retake(holder, { ...lease, runId: other.id })).toBe(false);
    const attempt = { id: run.id, createdAt: run.createdAt, runId: run.id, attempt: 2, fence: 3 };
    expect(await store.recovery.unrecorded([attempt])).toEqual([attempt]);
    const nothing = { reason: null, exitCode: 0, signal: null, failure: null, result: null, retryAt: null } as const;
    await store.dispatch.finish([{ runId: run.id, fence: 3, outcome: 'succeeded', state: 'succeeded', ...nothing }]);
    expect(await store.recovery.unrecorded([attempt])).toEqual([]);
    expect(await store.recovery.stands(run)).toMatchObject({ run: { ended: true }, lease: null, fences: [3] });
  });
});

describe('PostgreSQL itself', () => {
  let database: Awaited<ReturnType<typeof freshPostgres>>;
  let store: Store;
  let client: pg.Client;
  beforeAll(async () => {
    database = await freshPostgres(inject('postgresUrl'));
    store = await openStore({ url: database.url, system, migrate: true });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await store.close();
    await database.drop();
  });

  test('hands out neither runs nor instants nor ids on a line that nobody has noted, and no fence twice (C16)', async () => {
    const worker = factories.worker({ beatAt: await store.now() });
    await store.workers.register(worker);
    const asked = { workerId: worker.id, incarnation: worker.incarnation, free: 5, queues: ['default'], labels: [] };
    const run = await waitingRun(store);
    const at = await store.now();
    const occurrence = factories.occurrence({ scheduleId: 1, dueAt: at });
    const plan = () =>
      store.transaction((tables) =>
        writePlan(tables, { occurrences: [occurrence], gaps: [], runs: [], displaced: [] }),
      );
    const unavailable = { kind: 'unavailable' };

    await client.query(`UPDATE lineages SET line = 'elsewhere'`);
    expect(await store.dispatch.claim(asked)).toEqual([]);
    await expect(plan()).rejects.toMatchObject(unavailable);
    await expect(store.ids(5000)).rejects.toMatchObject(unavailable);

    await store.lineage.notice(1);
    await expect(plan()).rejects.toMatchObject(unavailable);
    expect(await store.dispatch.claim(asked)).toEqual([]);
    await store.lineage.settle(2);
    await plan();
    expect(await store.dispatch.claim(asked)).toMatchObject([{ runId: run.id, fence: 1_000_001 }]);
  });

  test('tells that no standby follows it (C16)', async () => {
    const { standbys } = await store.describe();
    expect(standbys).toMatchObject({ visible: true, synchronous: 0, asynchronous: 0 });
  });
});
