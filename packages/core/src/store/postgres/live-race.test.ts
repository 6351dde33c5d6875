import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import * as factories from '../../testing/factories.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';

let database: Awaited<ReturnType<typeof freshPostgres>>;
let store: Store;

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  store = await openStore({ url: database.url, system: realSystem(), migrate: true });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

test('a run that is claimed while somebody asks what waits and lives is seen in one of both', async () => {
  const job = factories.job();
  await store.jobs.insert(job, null);
  const worker = factories.worker();
  const queues = [`queue of ${worker.name}`];
  await store.workers.register({ ...worker, queues });
  await store.runs.insert([factories.newRun({ jobId: job.id, queue: queues[0] ?? '', availableAt: 1 })]);
  const driver = pg.Client.prototype as unknown as Record<string, (...all: unknown[]) => unknown>;
  const query = driver['query'];
  let isFirst = false;
  const spy = vi.spyOn(driver, 'query').mockImplementation(async function between(this: object, ...given: unknown[]) {
    const answer = await query?.apply(this, given);
    if (!isFirst) return answer;
    isFirst = false;
    const holder = { workerId: worker.id, incarnation: worker.incarnation };
    expect(await store.dispatch.claim({ ...holder, free: 1, queues, labels: [] })).toHaveLength(1);
    return answer;
  });
  const live = await store.transaction(({ runs }) => {
    isFirst = true;
    return runs.live([job.id]);
  });
  spy.mockRestore();
  expect(live).toHaveLength(1);
});
