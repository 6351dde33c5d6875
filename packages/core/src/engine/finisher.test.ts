import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { defaultBreaker } from '../model/trouble.ts';
import type { Store } from '../store/store.ts';
import { finished } from '../testing/conformance/bed.ts';
import * as factories from '../testing/factories.ts';
import { Finisher, type Ending } from './finisher.ts';
import { Slots } from './slots.ts';
import { benchOf, type Place } from './test-bench.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('results on %s', (_, place) => {
  const bench = benchOf(place);

  test('of a run that was given away and came back are two: the first is late, and counts for nothing (P6)', async () => {
    const { store, system, clock } = bench();
    const worker = factories.worker({ queues: ['default'] });
    await store.workers.register(worker);
    const holder = { workerId: worker.id, incarnation: worker.incarnation };
    const claimed = async () => {
      const [claim] = await store.dispatch.claim({ ...holder, free: 1, queues: ['default'], labels: [] });
      if (claim === undefined) throw new Error('nothing to claim');
      await store.dispatch.intend(holder.incarnation, [claim]);
      return claim;
    };
    const run = await bench().run({ onLost: 'rerun' });
    const first = await claimed();
    const lost = { outcome: 'lost', state: null, retryAt: clock.wall(), exitCode: null } as const;
    await store.dispatch.finish([finished(first, { ...lost, reason: 'worker_died' })]);
    const second = await claimed();

    const told: { readonly outcomes: readonly string[]; readonly late: number }[] = [];
    const finisher = new Finisher({
      store,
      system,
      workerId: () => worker.id,
      breaker: defaultBreaker,
      living: () => 1,
      slots: new Slots({ all: 0, taken: () => 0, onReleased: () => undefined }),
      lanes: 1,
      claim: () => Promise.resolve([]),
      onFinished: ({ endings, late }) =>
        told.push({ outcomes: endings.map((ending) => ending.finished.outcome), late: late.size }),
    });
    const ending = (claim: Ending['claim'], outcome: 'succeeded' | 'failed'): Ending => ({
      claim,
      finished: { ...finished(claim, { outcome, state: outcome }), jobId: run.jobId },
    });
    finisher.add(ending(first, 'succeeded'));
    finisher.add(ending(second, 'failed'));
    await bench().done(finisher.idle());

    expect(told).toEqual([
      { outcomes: ['succeeded'], late: 1 },
      { outcomes: ['failed'], late: 0 },
    ]);
    expect(await bench().read(run)).toMatchObject({ state: 'failed', attempt: 2 });
    expect(await bench().eventCount('run.late_result')).toBe(1);
    expect((await store.upkeep.talliesOf()).get(worker.id)).toMatchObject({ executed: 1, failed: 1 });
  });

  test.each([
    { still: 0, free: 1, batches: [60, 60] },
    { still: 0, free: 0, batches: [120] },
    { still: 1, free: 1, batches: [120] },
  ])('the lanes share what there is when nothing else is to come and slots are free: $still, $free', async (given) => {
    const { still, free, batches } = given;
    const { store, system, clock } = bench();
    const worker = factories.worker({ queues: ['default'] });
    await store.workers.register(worker);
    const { job } = await bench().job({ overlap: 'allow', maxConcurrent: 200 });
    await store.runs.insert(Array.from({ length: 120 }, () => factories.newRun({ jobId: job.id })));
    const { id: workerId, incarnation } = worker;
    const claims = await store.dispatch.claim({ workerId, incarnation, free: 120, queues: ['default'], labels: [] });
    let living = claims.length;
    const [told, begun, asked]: [number[], number[], number[]] = [[], [], []];
    const slots = new Slots({ all: claims.length + free, taken: () => claims.length, onReleased: () => undefined });
    const transaction: Store['transaction'] = (work, options) =>
      store.transaction((tables) => {
        begun.push(slots.free);
        clock.advance(100);
        begun.push(slots.free);
        return work(tables);
      }, options);
    const finisher = new Finisher({
      store: { ...store, transaction },
      system,
      workerId: () => workerId,
      breaker: defaultBreaker,
      living: () => living,
      slots,
      lanes: 2,
      claim: (_tables, count) => {
        expect(slots.free).toBe(0);
        asked.push(count);
        return Promise.resolve([]);
      },
      onFinished: ({ endings, beginsAgain }) => {
        expect(beginsAgain).toBe(false);
        told.push(endings.length);
      },
    });
    for (const claim of claims) {
      living -= living > still ? 1 : 0;
      finisher.add({ claim, finished: finished(claim, { outcome: 'succeeded', state: 'succeeded' }) });
    }
    await bench().done(finisher.idle());
    expect([told, slots.free]).toEqual([batches, free]);
    expect(begun.slice(0, 2), 'what is written may wait for others: nothing is kept for that long').toEqual([0, free]);
    // The other lane has them only where it claims later.
    expect(asked[0]).toBe((batches[0] ?? 0) + free);
  });
});
