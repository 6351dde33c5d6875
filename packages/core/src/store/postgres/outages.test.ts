import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { tcpProxy, type TcpProxy } from '../../../../../test/setup/tcp-proxy.ts';
import { realSystem } from '../../system/system.ts';
import * as factories from '../../testing/factories.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { configOf } from './connections.ts';

/** A way to the server that is cut, stalled or slow. */

const system = realSystem();
let database: Awaited<ReturnType<typeof freshPostgres>>;
let proxy: TcpProxy;
let store: Store;

beforeEach(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  proxy = await tcpProxy(database.url);
  // The bounds are the usual ones divided by ten; the default is asked for below.
  const roleTimeouts = { statement: 400, connect: 600 };
  await openStore({ url: database.url, system, migrate: true }).then((first) => first.close());
  store = await openStore({ url: proxy.url, system, pool: 2, roleTimeouts });
});
afterEach(async () => {
  proxy.pass();
  await store.close();
  await proxy.close();
  await database.drop();
});

const unreachable = { code: 'database_unreachable', kind: 'unavailable' };
async function took(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

test('a half-open connection is noticed by whoever waits for an answer, and given up (F27)', async () => {
  await Promise.all([store.now(), store.workers.list()]);
  const begun = Promise.withResolvers<void>();
  const stalled = Promise.withResolvers<void>();
  const transaction = store.transaction(async (tables) => {
    await tables.now();
    begun.resolve();
    await stalled.promise;
    await tables.workers.list();
  });
  await begun.promise;
  proxy.stall();
  stalled.resolve();
  const worker = factories.worker();
  const asked = [transaction, store.now(), store.dispatch.renew({ workerId: worker.id, incarnation: 1 })];
  const waited = await took(Promise.all(asked.map((each) => expect(each).rejects.toMatchObject(unreachable))));
  expect(waited).toBeLessThan(3000);
  proxy.cut();
  proxy.pass();
  expect(await store.now()).toBeGreaterThan(0);
});

test('by default that is within ten seconds (F27)', () => {
  const { query_timeout: answered, connectionTimeoutMillis: connected } = configOf(pg, {
    url: database.url,
    role: 'r',
  });
  expect(answered).toBeLessThanOrEqual(10_000);
  expect(connected).toBeLessThanOrEqual(10_000);
});

test('a connection that ends before the answer to a COMMIT is no refusal: the change may be there (F26)', async () => {
  const job = factories.job();
  const cut = proxy.cutAfterCommit();
  await expect(store.transaction((tables) => tables.jobs.insert(job, null))).rejects.toMatchObject(unreachable);
  await cut;
  expect(await store.jobs.get(job.id)).toMatchObject({ id: job.id });
});

test('with all connections in use others are told to come again, and heartbeats go on (F28)', async () => {
  const worker = factories.worker();
  await store.workers.register(worker);
  const done = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  let count = 0;
  const holders = [1, 2].map(() =>
    store.transaction(async (tables) => {
      await tables.now();
      count += 1;
      if (count === 2) inside.resolve();
      await done.promise;
    }),
  );
  await inside.promise;
  const refused = expect(store.workers.list()).rejects.toMatchObject(unreachable);
  expect(await store.dispatch.renew({ workerId: worker.id, incarnation: worker.incarnation })).not.toBeNull();
  await refused;
  done.resolve();
  await Promise.all(holders);
  expect(await store.workers.list()).toHaveLength(1);
});

test('when every statement takes longer, a heartbeat waits for none of the others (F31)', async () => {
  const worker = factories.worker();
  await store.workers.register(worker);
  const holder = { workerId: worker.id, incarnation: worker.incarnation };
  await store.dispatch.renew(holder);
  proxy.delay(100);
  const crowd = Array.from({ length: 12 }, () => store.workers.list().catch(() => null));
  const waited = await took(store.dispatch.renew(holder));
  const all = await took(Promise.all(crowd));
  // Two statements on its own connection; the crowd shares two connections.
  expect(waited).toBeLessThan(waited + all);
  expect(waited).toBeLessThan(500);
});

test('connections that are cut are replaced at once (F24)', async () => {
  await Promise.all([store.now(), store.workers.list()]);
  proxy.cut();
  const answer = async (): Promise<number> => store.now().catch(() => store.now());
  expect(await took(answer())).toBeLessThan(1000);
});

test('a store is closed in time though the way to the server is silent (F27)', async () => {
  const silent = await openStore({ url: proxy.url, system, pool: 2, roleTimeouts: { statement: 400, connect: 600 } });
  const deaf = silent.bell.listen('queue', () => undefined);
  await Promise.all([silent.now(), silent.workers.list(), silent.dispatch.renew({ workerId: 1, incarnation: 1 })]);
  proxy.stall();
  expect(await took(silent.close())).toBeLessThan(5000);
  deaf();
});
