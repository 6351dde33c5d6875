/** What a claim sends when nobody has opened a transaction for it. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Priority } from '../../model/run.ts';
import * as factories from '../../testing/factories.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { openFresh, type Fresh } from './test-fresh.ts';

const clock = manualClock();
let fresh: Fresh;
let sent: string[];

beforeAll(async () => {
  fresh = await openFresh(clock);
});
afterAll(() => fresh.close());

beforeEach(() => {
  sent = [];
  const target = pg.Client.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const real = target['query'];
  vi.spyOn(target, 'query').mockImplementation(function (this: object, ...args: unknown[]) {
    const { name, text } = args[0] as pg.QueryConfig;
    sent.push(name?.replace('jtp_', '') ?? (text ?? '').split(' ')[0] ?? '');
    return real?.apply(this, args);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

let queues = 0;

async function newQueue() {
  clock.advance(1000);
  const queue = `queue ${(queues += 1)}`;
  const worker = factories.worker({ queues: [queue] });
  await fresh.store.workers.register(worker);
  const job = factories.job();
  await fresh.store.jobs.insert(job, null);
  const { id: workerId, incarnation } = worker;
  return {
    put: async (...priorities: readonly Priority[]): Promise<void> => {
      const availableAt = (await fresh.store.now()) - 10;
      await fresh.store.runs.insert(
        priorities.map((priority) => factories.newRun({ jobId: job.id, queue, priority, availableAt, slots: null })),
      );
      sent = [];
    },
    /** Runs that share one slot, and stand before all others. */
    putKeyed: async (count: number): Promise<void> => {
      const availableAt = (await fresh.store.now()) - 500;
      const run = () => factories.newRun({ jobId: job.id, queue, priority: 'medium', availableAt, slots: 1 });
      await fresh.store.runs.insert(Array.from({ length: count }, run));
    },
    claim: async (): Promise<readonly [number, ...string[]]> => {
      sent = [];
      const request = { workerId, incarnation, free: 10, queues: [queue], labels: [], ageingMs: 30_000 };
      return [(await fresh.store.dispatch.claim(request)).length, ...sent];
    },
  };
}

test('of an empty queue it is one look', async () => {
  expect(await (await newQueue()).claim()).toEqual([0, 'lines']);
});

test('of a single line it is a look and a statement that is its own commit', async () => {
  const { put, claim } = await newQueue();
  await put('medium', 'medium');
  expect(await claim()).toEqual([2, 'lines', 'claim']);
});

test('behind a full key it goes on in a transaction', async () => {
  const { put, claim, putKeyed } = await newQueue();
  await putKeyed(15);
  await put('medium');
  expect(await claim()).toEqual([2, 'lines', 'claim', 'BEGIN', 'lines', 'claim', 'COMMIT']);
});

test('several lines are claimed of in one transaction', async () => {
  const { put, claim } = await newQueue();
  await put('medium', 'high', 'critical');
  expect(await claim()).toEqual([3, 'lines', 'BEGIN', 'lines', 'claim', 'claim', 'claim', 'COMMIT']);
});

test('then claims go in transactions at once, until a second has passed', async () => {
  const { put, claim } = await newQueue();
  await put('medium', 'high');
  await claim();
  expect(await claim()).toEqual([0, 'BEGIN', 'lines', 'COMMIT']);
  await put('medium');
  expect(await claim()).toEqual([1, 'BEGIN', 'lines', 'claim', 'COMMIT']);
  clock.advance(1000);
  expect(await claim()).toEqual([0, 'lines']);
});

test('what is limited is counted in a transaction, by one claim at a time', async () => {
  const { put, claim } = await newQueue();
  const { limits } = fresh.store;
  await limits.set({ kind: 'queue', name: `queue ${queues}`, slots: 1, pausedAt: null, note: null, changedBy: 'test' });
  await put('medium', 'medium');
  const [claimed, ...names] = await claim();
  expect([claimed, names.slice(0, 4), names.at(-1)]).toEqual([1, ['lines', 'BEGIN', 'lines', 'claim_alone'], 'COMMIT']);
  await limits.remove('queue', `queue ${queues}`);
});
