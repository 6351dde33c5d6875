import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { OperationContext } from '../operations/context.ts';
import { workerOperations } from '../operations/workers.ts';
import { benchOf, type BenchWorker, type Place } from './test-bench.ts';
import { faultyStore } from './test-faults.ts';

/** A worker that a person lets take nothing more. */

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const mei = { personId: null, name: 'mei', via: 'library' } as const;

describe.each(places)('on %s a worker', (_, place) => {
  const bench = benchOf(place);
  const people = () => workerOperations({ store: bench().store } as OperationContext);
  const tick = ({ worker }: BenchWorker) => bench().done(worker.tick());
  const state = async (run: { readonly id: number; readonly createdAt: number }) => (await bench().read(run)).state;

  test.each(['drain', 'pause'] as const)(
    'that is asked to %s finishes what runs, and takes nothing more',
    async (act) => {
      const run = await bench().run();
      const own = await bench().worker();
      await tick(own);
      await bench().until(() => own.stage.acts.length === 1);
      await people()[act](own.worker.id, mei);
      const waiting = await bench().run();
      await tick(own);
      await bench().done(own.worker.beat());
      own.stage.act(0).end();
      await bench().done(own.worker.idle());
      await tick(own);
      expect([await state(run), await state(waiting)]).toEqual(['succeeded', 'queued']);
      expect((await bench().store.workers.get(own.worker.id))?.lostAt).toBeNull();
      await people().resume(own.worker.id, mei);
      await tick(own);
      await bench().until(() => own.stage.acts.length === 2);
    },
  );

  test('that drains gives back what it has not begun, and does not begin it', async () => {
    const run = await bench().run();
    const told = Promise.withResolvers<void>();
    const slow = faultyStore(bench().store, 'intend', told.promise);
    const own = await bench().worker({ store: slow.store });
    void own.worker.tick();
    await slow.struck;
    expect(await state(run)).toBe('starting');
    await people().drain(own.worker.id, mei);
    expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 0 });
    told.resolve();
    await bench().done(own.worker.idle());
    expect(own.stage.acts).toEqual([]);
    const other = await bench().worker();
    await tick(other);
    await bench().until(() => other.stage.acts.length === 1);
  });

  test('that drained takes runs again after a restart, one that was paused does not', async () => {
    const [drained, paused] = [await bench().worker({ name: 'drained' }), await bench().worker({ name: 'paused' })];
    await people().drain(drained.worker.id, mei);
    await people().pause(paused.worker.id, mei);
    const run = await bench().run();
    await tick(await bench().worker({ name: 'paused' }));
    expect(await state(run)).toBe('queued');
    const again = await bench().worker({ name: 'drained' });
    await tick(again);
    await bench().until(() => again.stage.acts.length === 1);
  });

  test('leaves an event of each, with who it was', async () => {
    const { worker } = await bench().worker();
    for (const act of ['drain', 'drain', 'resume', 'resume', 'pause', 'pause', 'resume'] as const)
      await people()[act](worker.id, mei);
    const { items } = await bench().store.events.list(
      { kinds: ['worker.drained', 'worker.paused', 'worker.resumed'] },
      { limit: 4 },
    );
    expect(items.map(({ kind, actor }) => `${kind} ${actor}`).reverse()).toEqual([
      'worker.drained mei',
      'worker.resumed mei',
      'worker.paused mei',
      'worker.resumed mei',
    ]);
  });

  test('that is gone can be removed and not drained, one that lives the other way round', async () => {
    const { worker } = await bench().worker();
    await expect(people().remove(worker.id, mei)).rejects.toMatchObject({ code: 'worker_alive' });
    await bench().store.workers.end({ workerId: worker.id, incarnation: worker.incarnation });
    await expect(people().drain(worker.id, mei)).rejects.toMatchObject({ code: 'worker_gone' });
    await people().remove(worker.id, mei);
    await expect(people().pause(worker.id, mei)).rejects.toMatchObject({ code: 'not_found' });
  });
});
