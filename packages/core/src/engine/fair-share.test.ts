import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Store } from '../store/store.ts';
import { FairShare } from './fair-share.ts';
import { benchOf, type Place } from './test-bench.ts';

/** Which of what is due each of several schedulers reads. */

const second = 1000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);
  const jobs = 40;

  /** So many schedulers that live, and jobs that are due now. */
  async function given(schedulers: number): Promise<{ readonly ids: readonly number[]; readonly all: Set<number> }> {
    const { store } = bench();
    for (const { id } of await store.schedulers.list()) await store.schedulers.end(id);
    const ids: number[] = [];
    for (let n = 0; n < schedulers; n += 1) {
      const scheduler = bench().scheduler();
      await scheduler.tick();
      ids.push(scheduler.id ?? 0);
    }
    await plan((await store.schedules.due(bench().clock.wall(), 1000)).map(({ job }) => job.id));
    return { ids, all: await due() };
  }
  /** Jobs that have become due just now. */
  async function due(): Promise<Set<number>> {
    const all = new Set<number>();
    const spec = { kind: 'interval', every: 1, unit: 'seconds', start: bench().clock.wall(), timezone: 'UTC' } as const;
    for (let n = 0; n < jobs; n += 1) all.add((await bench().job({}, [spec])).job.id);
    bench().clock.advance(second);
    return all;
  }
  const read = async (share: FairShare, id: number, limit = 10): Promise<number[]> =>
    (await share.read(id, { now: bench().clock.wall(), limit })).map(({ job }) => job.id);
  /** As a scheduler would: what was read is planned, and so no longer due. */
  async function plan(ids: readonly number[]): Promise<void> {
    for (const id of ids) await bench().store.transaction(({ schedules }) => planned(schedules, id));
  }
  async function planned(schedules: Store['schedules'], jobId: number): Promise<void> {
    const moves = (await schedules.ofJob(jobId)).map(({ id: scheduleId, revision, cursorAt }) => {
      const far = bench().clock.wall() + 3_600_000;
      return { scheduleId, revision, cursorAt, newCursor: bench().clock.wall(), newPlan: far, newNext: far };
    });
    await schedules.advance(moves);
  }

  test('after a read that was full, each reads jobs of its own, and then what the others left', async () => {
    const { ids, all } = await given(3);
    const shares = ids.map(() => new FairShare(bench().store));
    const readAll = () => Promise.all(shares.map((share, index) => read(share, ids[index] ?? 0)));
    const first = await readAll();
    expect(new Set(first.map((part) => part.join())).size).toBe(1);
    await plan(first[0] ?? []);
    const second = await readAll();
    expect(new Set(second.flat()).size).toBe(second.flat().length);
    // One of them plans on; it leaves nothing, whosever it was.
    const [share, own] = [shares[0] ?? new FairShare(bench().store), ids[0] ?? 0];
    const seen = new Set(first[0]);
    for (let left = await read(share, own); left.length > 0; left = await read(share, own)) {
      for (const id of left) seen.add(id);
      await plan(left);
    }
    expect(seen).toEqual(all);
  });

  test('what has been due for a minute is for all', async () => {
    const { ids, all } = await given(2);
    const [own = 0] = ids;
    const share = new FairShare(bench().store);
    await read(share, own);
    expect((await read(share, own, 100)).length).toBeLessThan(all.size);
    bench().clock.advance(59 * second);
    expect((await read(share, own, 100)).length).toBeLessThan(all.size);
    bench().clock.advance(second);
    expect(await read(share, own, 100)).toHaveLength(all.size);
  });

  test('one whose share holds none that it wants goes on with the others', async () => {
    const { ids, all } = await given(2);
    const [own = 0] = ids;
    const share = new FairShare(bench().store);
    await read(share, own);
    const mine = new Set(await read(share, own, 100));
    const rest = await share.read(own, {
      now: bench().clock.wall(),
      limit: 100,
      wanted: ({ job }) => !mine.has(job.id),
    });
    expect(new Set([...mine, ...rest.map(({ job }) => job.id)])).toEqual(all);
    expect(rest.length).toBeGreaterThan(0);
  });

  test('one that has told nothing for half a minute has no share', async () => {
    const { ids, all: before } = await given(2);
    const [own = 0] = ids;
    const { store, clock } = bench();
    clock.advance(30 * second);
    await store.schedulers.beat(own, clock.wall(), clock.wall());
    await plan([...before]);
    const all = await due();
    const share = new FairShare(store);
    await read(share, own);
    expect(new Set(await read(share, own, 100))).toEqual(all);
  });
});
