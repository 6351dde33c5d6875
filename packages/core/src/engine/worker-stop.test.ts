import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { JobTriggerError } from '../errors.ts';
import { defaultSettings } from '../model/settings.ts';
import { pause } from '../system/pause.ts';
import { benchOf, type BenchWorker, type Place } from './test-bench.ts';
import type { Stage } from './test-stage.ts';

/** SIGTERM, as the worker hears it: `stop`, and `stop` again at once. */

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('a worker on %s', (_, place) => {
  const bench = benchOf(place);
  const tick = (worker: BenchWorker['worker']): Promise<void> => bench().done(worker.tick());
  const started = (stage: Stage, count: number): Promise<boolean> => bench().until(() => stage.acts.length >= count);

  test('that stops waits for its runs and claims no more (F54)', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    const stopping = worker.stop();
    await bench().until(async () => (await bench().store.workers.get(worker.id))?.draining === true);
    const waiting = await bench().run();
    await worker.tick();
    stage.act(0).end();
    await bench().done(stopping);
    expect((await bench().read(run)).state).toBe('succeeded');
    expect((await bench().read(waiting)).state).toBe('queued');
    expect((await bench().store.workers.get(worker.id))?.lostAt).not.toBeNull();
  });

  test.each([
    ['fail', { state: 'cancelled', reason: 'worker_shutdown' }],
    ['rerun', { state: 'queued' }],
  ] as const)('that stops ends what outlives the drain; under %s it is then %j (F54)', async (onLost, expected) => {
    const run = await bench().run({ onLost });
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    const stopping = worker.stop();
    await bench().until(async () => (await bench().store.workers.get(worker.id))?.draining === true);
    bench().clock.advance(29_000);
    expect(stage.act(0).context.signal.aborted).toBe(false);
    await bench().until(() => {
      bench().clock.advance(500);
      return stage.act(0).context.signal.aborted;
    });
    await bench().done(stopping);
    expect(await bench().read(run)).toMatchObject(expected);
  });

  test('with fifty live runs, asked to stop and then to stop at once, ends each by its job in no time (F54)', async () => {
    const runs = [];
    for (let made = 0; made < 50; made += 1)
      runs.push(await bench().run({ onLost: made % 2 === 0 ? 'fail' : 'rerun' }));
    const { worker, stage } = await bench().worker({ slots: 50 });
    await tick(worker);
    await started(stage, 50);
    const stopping = worker.stop();
    await bench().until(async () => (await bench().store.workers.get(worker.id))?.draining === true);
    expect(stage.live).toBe(50);
    const asked = bench().clock.wall();
    await bench().done(worker.stop({ now: true }));
    await stopping;
    expect(bench().clock.wall() - asked).toBeLessThan(defaultSettings.drainMs);
    const read = await Promise.all(runs.map((run) => bench().read(run)));
    const ends = Map.groupBy(read, ({ state, reason }) => `${state} ${reason ?? ''}`.trim());
    expect([...ends].map(([end, { length }]) => [end, length])).toEqual([
      ['cancelled worker_shutdown', 25],
      ['queued', 25],
    ]);
    expect(await bench().store.dispatch.leasesOf({ workerId: worker.id, incarnation: worker.incarnation })).toEqual([]);
  });

  test.each([
    ['in the second time that is given to results', 7000],
    ['half a second before the end', 9500],
  ])('that stops while the database is away stores its results when it is back %s (F54)', async (_, awayMs) => {
    const run = await bench().run();
    const { store } = bench();
    let away = false;
    let refused = 0;
    const transaction: typeof store.transaction = (...asked) => {
      if (!away) return store.transaction(...asked);
      refused += 1;
      return Promise.reject(new JobTriggerError('database_unreachable', 'away'));
    };
    const { worker, stage } = await bench().worker({ store: { ...store, transaction } });
    await tick(worker);
    await started(stage, 1);
    away = true;
    const stopping = worker.stop({ now: true });
    await bench().until(() => refused > 0);
    await bench().pass(awayMs, 500, () => pause(3));
    away = false;
    await bench().done(stopping);
    expect(await bench().read(run)).toMatchObject({ state: 'cancelled', reason: 'worker_shutdown' });
  });

  test('that is stopped at once ends everything without waiting (F54)', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    await bench().done(worker.stop({ now: true }));
    expect(await bench().read(run)).toMatchObject({ state: 'cancelled', reason: 'worker_shutdown' });
  });
});
