import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as factories from '../../testing/factories.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import type { ClaimRow, HotDispatch } from '../sql/dispatch.ts';
import { tablesOf } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { ClaimMarks } from './claim-marks.ts';
import { configOf } from './connections.ts';
import { postgresDispatch } from './dispatch.ts';
import { postgresSession, queryOn } from './session.ts';
import { openFresh, type Fresh } from './test-fresh.ts';

let database: Fresh['database'];
let store: Store;
let client: pg.Client;
/** Names of the statements that were sent. */
let sent: (string | undefined)[];

let close: Fresh['close'];

beforeAll(async () => {
  ({ database, store, client, close } = await openFresh());
});
afterAll(() => close());

let lines = 0;

/** A line of its own, whose marks time never takes away. */
async function newLine() {
  const queue = `line ${(lines += 1)}`;
  const worker = factories.worker({ queues: [queue] });
  await store.workers.register(worker);
  const [one, two, free] = [factories.job(), factories.job(), factories.job()];
  for (const job of [one, two, free]) await store.jobs.insert(job, null);
  const kinds = { one: { jobId: one.id, slots: 1 }, two: { jobId: two.id, slots: 2 }, free: { jobId: free.id } };
  const { id: workerId, incarnation } = worker;
  const query = queryOn(client, null);
  let afterCommit: (() => void)[] | null = null;
  const session = postgresSession(
    (config) => {
      sent.push(config.name);
      return query(config);
    },
    (then) => (afterCommit === null ? then() : void afterCommit.push(then)),
  );
  const clock = manualClock();
  const marks = new ClaimMarks(clock);
  const dispatch = postgresDispatch(session, new Map(), marks);
  const take = ({ claim }: HotDispatch, most: number): Promise<readonly ClaimRow[]> =>
    claim({ workerId, incarnation, free: most, queues: [queue], labels: [], ageingMs: 30_000 });
  sent = [];
  return {
    worker,
    clock,
    marks,
    /** Runs that wait since so many seconds. */
    put: async (kind: keyof typeof kinds, seconds: number, count = 1): Promise<void> => {
      const availableAt = (await store.now()) - seconds * 1000;
      const run = () => factories.newRun({ ...kinds[kind], queue, availableAt });
      await store.runs.insert(Array.from({ length: count }, run));
    },
    claim: (most: number) => take(dispatch, most),
    /** What a claim would get that begins at the front, and takes nothing. */
    there: async (most: number): Promise<readonly number[]> => {
      await client.query('BEGIN');
      const rows = await take(postgresDispatch(session, new Map(), new ClaimMarks(manualClock())), most);
      await client.query('ROLLBACK');
      return idsOf(rows);
    },
    /** A transaction that gives way to another: nothing of it is kept. */
    undone: async (work: () => Promise<unknown>): Promise<void> => {
      await client.query('BEGIN');
      afterCommit = [];
      await work();
      await client.query('ROLLBACK');
      afterCommit = null;
    },
    lookAgainIn: () => dispatch.lookAgainIn?.() ?? null,
    earliest: () => tablesOf(session, dispatch, new Map(), new Map(), null).dispatch.earliestAvailable(),
    finish: async ({ run_id: runId, fence }: ClaimRow): Promise<void> => {
      const nothing = { reason: null, exitCode: null, signal: null, failure: null, result: null, retryAt: null };
      await dispatch.finish([{ runId, fence, outcome: 'succeeded', state: 'succeeded', ...nothing }]);
    },
  };
}

const idsOf = (rows: readonly ClaimRow[]): readonly number[] =>
  rows.map(({ run_id: id }) => id).toSorted((a, b) => a - b);

test('what waits behind a full limit is walked twice a second, however often it is asked for', async () => {
  const { put, claim, clock, finish } = await newLine();
  await put('one', 60, 20);
  const [holder] = await claim(1);
  const walksOf = async (claims: number): Promise<number> => {
    sent = [];
    for (let nth = 0; nth < claims; nth += 1) expect(await claim(5)).toEqual([]);
    return sent.filter((name) => name === 'jtp_claim').length;
  };
  // The first begins behind what its holder was claimed as.
  expect(await walksOf(10)).toBe(3);
  clock.advance(1000);
  expect(await walksOf(10)).toBe(2);
  await put('free', 0);
  sent = [];
  expect(await claim(5)).toHaveLength(1);
  expect(sent).toEqual(['jtp_lines', 'jtp_claim']);
  if (holder !== undefined) await finish(holder);
  expect(await claim(5)).toHaveLength(1);
});

test('what a transaction learnt that had to give way is forgotten with it', async () => {
  const { put, claim, finish, undone } = await newLine();
  await put('one', 60, 2);
  const [holder] = await claim(1);
  for (let nth = 0; nth < 4; nth += 1) expect(await claim(5)).toEqual([]);
  const finishAndClaim = async (): Promise<readonly ClaimRow[]> => {
    if (holder !== undefined) await finish(holder);
    return claim(5);
  };
  await undone(async () => expect(await finishAndClaim()).toHaveLength(1));
  expect(await finishAndClaim()).toHaveLength(1);
});

test('a run that another claim had locked is found within the second, as its worker is told to look again', async () => {
  const { put, claim, clock, lookAgainIn, earliest } = await newLine();
  await put('free', 60);
  const other = new pg.Client(configOf(pg, { url: database.url, role: 'test' }));
  await other.connect();
  await other.query('BEGIN; SELECT * FROM queue FOR UPDATE');
  expect([await claim(5), await claim(5), lookAgainIn()]).toEqual([[], [], null]);
  expect([await claim(5), lookAgainIn()]).toEqual([[], 1000]);
  const [from, at, to] = [await store.now(), (await earliest()) ?? 0, await store.now()];
  expect(at).toBeGreaterThanOrEqual(from + 1000);
  expect(at).toBeLessThanOrEqual(to + 1000);
  await other.query('ROLLBACK');
  await other.end();
  clock.advance(lookAgainIn() ?? 0);
  expect([(await claim(5)).length, lookAgainIn()]).toEqual([1, null]);
});

test('a job without a run before a mark may start and end, and nothing is walked again', async () => {
  const { put, claim, finish } = await newLine();
  await put('one', 60, 20);
  await claim(1);
  for (let nth = 0; nth < 4; nth += 1) await claim(5);
  await put('two', 0);
  const [other] = await claim(5);
  sent = [];
  await claim(5);
  if (other !== undefined) await finish(other);
  await claim(5);
  expect(sent.filter((name) => name === 'jtp_claim')).toEqual([]);
});

test('a worker that takes runs again is not told that it had been through them while it took none', async () => {
  const { put, claim, worker } = await newLine();
  await put('free', 60, 3);
  await store.workers.setPaused(worker.id, true);
  for (let nth = 0; nth < 5; nth += 1) expect(await claim(5)).toEqual([]);
  await store.workers.setPaused(worker.id, false);
  expect(await claim(5)).toHaveLength(3);
});

test('a run with a limit of its job is claimed by one statement, unless more are picked than its job has slots', async () => {
  const { put, claim } = await newLine();
  await put('one', 0);
  sent = [];
  expect(await claim(5)).toHaveLength(1);
  expect(sent).toEqual(['jtp_lines', 'jtp_claim']);
  await put('two', 0, 3);
  await put('free', 0);
  expect(await claim(3)).toHaveLength(3);
});

test('what comes to stand before the last row that was claimed is found at once when all behind it is behind a limit', async () => {
  const { put, claim } = await newLine();
  await put('one', 10, 2);
  expect(await claim(1)).toHaveLength(1);
  await put('free', 60);
  expect(await claim(1)).toHaveLength(1);
});

test('whatever comes, ends or is taken out meanwhile: a claim finds nothing only where nothing is', async () => {
  const kind = fc.constantFrom('one' as const, 'two' as const, 'free' as const);
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('put' as const), kind, seconds: fc.integer({ min: 0, max: 90 }) }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const), most: fc.constantFrom(1, 2, 50) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), nth: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('undone' as const), nth: fc.nat(20) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      const { put, claim, there, finish, undone, marks } = await newLine();
      const held: ClaimRow[] = [];
      const claimed = async (most: number): Promise<void> => {
        const before = await there(most);
        const { mayHide } = marks.begin();
        const rows = await claim(most);
        if (!mayHide) expect(idsOf(rows)).toEqual(before);
        expect(rows.length === 0).toBe(before.length === 0);
        held.push(...rows);
      };
      for (const one of steps) {
        if (one.do === 'put') await put(one.kind, one.seconds);
        else if (one.do === 'claim') await claimed(one.most);
        else if (one.do === 'finish' && held.length > 0) {
          const [row] = held.splice(one.nth % held.length, 1);
          if (row !== undefined) await finish(row);
        } else if (one.do === 'undone')
          await undone(async () => {
            const row = held[one.nth % Math.max(1, held.length)];
            if (row !== undefined) await finish(row);
            await claim(50);
          });
        else if (one.do === 'cancel')
          await client.query(
            `DELETE FROM queue WHERE run_id IN (SELECT run_id FROM queue ORDER BY run_id DESC OFFSET $1 LIMIT 1)`,
            [one.nth],
          );
      }
      for (const row of held) await finish(row);
      await client.query('DELETE FROM queue');
    }),
    { numRuns: 60 },
  );
});
