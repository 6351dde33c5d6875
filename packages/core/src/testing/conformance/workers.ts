import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, claimAll, finished, givenJob, givenRuns, givenWorker, holderOf, runFor, type MakeBed } from './bed.ts';

export function workerConformance(make: MakeBed): void {
  describe('workers and schedulers', () => {
    const bed = bedOf(make);

    test('a worker reads as it was registered, with the database telling its heartbeat', async () => {
      const { store, clock } = bed();
      const worker = factories.worker({
        beatAt: 1,
        labels: ['gpu'],
        draining: true,
        process: { machineId: 'm', bootId: 'b', pidSpace: 'pid:[1]', startedAt: 123 },
        folderId: 'f',
        clockOffset: -5,
      });
      clock.advance(5);
      expect(await store.workers.register(worker)).toBe(worker.id);
      const stored = { ...worker, beatAt: clock.wall() };
      expect(await store.workers.get(worker.id)).toEqual(stored);
      expect(await store.workers.byName(worker.name)).toEqual(stored);
      expect(await store.workers.list()).toContainEqual(stored);
    });

    test('a name is taken over with a new incarnation, its number stays', async () => {
      const { store } = bed();
      const worker = await givenWorker(bed());
      expect(await store.workers.end(holderOf(worker))).toBe(true);
      expect(await store.workers.end(holderOf(worker))).toBe(false);
      const again = factories.worker({ name: worker.name, incarnation: 99 });
      expect(await store.workers.register(again)).toBe(worker.id);
      expect(await store.workers.register({ ...again, id: worker.id, incarnation: 100 })).toBeNull();
      expect(await store.workers.end({ workerId: worker.id, incarnation: 99 })).toBe(true);
      expect(await store.workers.register({ ...again, id: worker.id, incarnation: 100 })).toBe(worker.id);
      expect(await store.workers.byName(worker.name)).toMatchObject({ id: worker.id, incarnation: 100, lostAt: null });
      expect(await store.workers.get(again.id)).toBeNull();
    });

    test('a silent worker is declared lost once, and one that beat in time never', async () => {
      const { store, clock } = bed();
      const [silent, lively] = [await givenWorker(bed()), await givenWorker(bed())];
      clock.advance(60_000);
      expect(await store.dispatch.renew(holderOf(lively))).toEqual({ beatAt: clock.wall(), takes: true, held: [] });
      expect((await store.workers.silent(60_000)).map(({ id }) => id)).not.toContain(silent.id);
      clock.advance(1);
      expect((await store.workers.silent(60_000)).map(({ id }) => id)).toContain(silent.id);
      expect(await store.workers.declareLost(holderOf(lively), 60_000)).toBe(false);
      expect(await store.workers.declareLost({ ...holderOf(silent), incarnation: 1 }, 60_000)).toBe(false);
      expect(await store.workers.declareLost(holderOf(silent), 60_000)).toBe(true);
      expect(await store.workers.declareLost(holderOf(silent), 60_000)).toBe(false);
      expect(await store.dispatch.renew(holderOf(silent))).toBeNull();
      expect(await store.workers.get(silent.id)).toMatchObject({ lostAt: clock.wall() });
      expect(await store.workers.prune(clock.wall())).toBe(0);
      expect(await store.workers.prune(clock.wall() + 1)).toBeGreaterThanOrEqual(1);
      expect(await store.workers.get(silent.id)).toBeNull();
    });

    test('tallies count what a worker has and what it ended', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      await givenRuns(bed(), [runFor(worker, job.id), runFor(worker, job.id), runFor(worker, job.id)]);
      const [one, two] = await claimAll(bed(), worker);
      if (!one || !two) throw new Error('no claims');
      await store.dispatch.finish([finished(one), finished(two, { outcome: 'failed', state: 'failed' })]);
      await store.upkeep.count(worker.id, { executed: 1, succeeded: 1 });
      await store.upkeep.count(worker.id, { executed: 1, failed: 1 });
      const tally = (await store.workers.tallies(0)).find(({ workerId }) => workerId === worker.id);
      expect(tally).toEqual({ workerId: worker.id, current: 1, processed: 2, failed: 1 });
      const none = (await store.workers.tallies(bed().clock.wall() + 3_600_000)).find(
        ({ workerId }) => workerId === worker.id,
      );
      expect(none).toMatchObject({ processed: 0 });
    });

    test('tallies of a day forget what is older, in the same few rows', async () => {
      const { store, clock } = bed();
      const worker = await givenWorker(bed());
      const hour = 3_600_000;
      const day = async (): Promise<unknown> =>
        (await store.workers.tallies(clock.wall() - 24 * hour)).find(({ workerId }) => workerId === worker.id);
      for (let hours = 0; hours < 60; hours += 1) {
        await store.upkeep.count(worker.id, { executed: 10, failed: 1 });
        clock.advance(hour);
      }
      // Each of the last 24 hours; the present one has brought nothing yet.
      expect(await day()).toMatchObject({ processed: 240, failed: 24 });
      clock.advance(30 * hour);
      expect(await day()).toMatchObject({ processed: 0, failed: 0 });
    });

    test.each(['draining', 'paused'] as const)('one that is %s is answered no claim', async (how) => {
      const { store } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      await givenRuns(bed(), [runFor(worker, job.id)]);
      const halt = (on: boolean) =>
        how === 'paused' ? store.workers.setPaused(worker.id, on) : store.workers.setDraining(worker.id, on);
      expect(await halt(true)).toBe(true);
      expect(await claimAll(bed(), worker)).toEqual([]);
      expect(await store.dispatch.renew(holderOf(worker))).toMatchObject({ takes: false });
      expect(await halt(false)).toBe(true);
      expect(await store.dispatch.renew(holderOf(worker))).toMatchObject({ takes: true });
      expect(await claimAll(bed(), worker)).toHaveLength(1);
    });

    test('a pause outlives the process, draining does not', async () => {
      const { store, clock } = bed();
      const worker = await givenWorker(bed());
      expect(await store.workers.setPaused(worker.id, true)).toBe(true);
      expect(await store.workers.setPaused(worker.id, true)).toBe(false);
      await store.workers.setDraining(worker.id, true);
      await store.workers.end(holderOf(worker));
      await store.workers.register(factories.worker({ name: worker.name, incarnation: 5 }));
      expect(await store.workers.get(worker.id)).toMatchObject({ draining: false, pausedAt: clock.wall() });
    });

    test('only one that is gone is taken away', async () => {
      const { store } = bed();
      const worker = await givenWorker(bed());
      expect(await store.workers.remove(worker.id)).toBe(false);
      await store.workers.end(holderOf(worker));
      expect(await store.workers.remove(worker.id)).toBe(true);
      expect(await store.workers.get(worker.id)).toBeNull();
    });

    test('a heartbeat tells how far the clock behind it is off (F35)', async () => {
      const { store, clock } = bed();
      const worker = await givenWorker(bed());
      await store.dispatch.renew(holderOf(worker), clock.wall() + 600_000);
      expect(await store.workers.get(worker.id)).toMatchObject({ clockOffset: 600_000 });
      await store.dispatch.renew(holderOf(worker));
      expect(await store.workers.get(worker.id)).toMatchObject({ clockOffset: 600_000 });
      const scheduler = factories.scheduler();
      await store.schedulers.register(scheduler);
      await store.schedulers.beat(scheduler.id, null, clock.wall() - 7);
      expect((await store.schedulers.list()).find(({ id }) => id === scheduler.id)?.clockOffset).toBe(-7);
    });

    test('what schedulers wait for is confirmed for all of them at once', async () => {
      const { store, clock } = bed();
      const [one, two, free] = [factories.scheduler(), factories.scheduler(), factories.scheduler()];
      for (const scheduler of [one, two, free]) await store.schedulers.register(scheduler);
      const hold = { from: 1000, to: 2000 };
      for (const { id } of [one, two]) await store.schedulers.setHold(id, hold);
      const holdOf = async (id: number) => (await store.schedulers.list()).find((row) => row.id === id)?.hold;
      expect([await holdOf(one.id), await holdOf(free.id)]).toEqual([{ ...hold, confirmedAt: null }, null]);
      expect(await store.schedulers.isConfirmed(one.id)).toBe(false);
      expect(await store.schedulers.confirmHolds()).toBe(2);
      expect(await store.schedulers.confirmHolds()).toBe(0);
      expect([await store.schedulers.isConfirmed(two.id), await store.schedulers.isConfirmed(free.id)]).toEqual([
        true,
        false,
      ]);
      expect(await holdOf(one.id)).toEqual({ ...hold, confirmedAt: clock.wall() });
      await store.schedulers.setHold(one.id, null);
      expect(await holdOf(one.id)).toBeNull();
    });

    test('draining is noted', async () => {
      const { store } = bed();
      const worker = await givenWorker(bed());
      expect(await store.workers.setDraining(worker.id, true)).toBe(true);
      expect(await store.workers.get(worker.id)).toMatchObject({ draining: true });
      expect(await store.workers.setDraining(1, true)).toBe(false);
    });

    test('a scheduler beats until it is stopped', async () => {
      const { store, clock } = bed();
      const scheduler = factories.scheduler();
      await store.schedulers.register(scheduler);
      clock.advance(10);
      await store.schedulers.beat(scheduler.id, clock.wall() - 1);
      await store.schedulers.beat(scheduler.id, null);
      await store.schedulers.end(scheduler.id);
      const stored = (await store.schedulers.list()).find(({ id }) => id === scheduler.id);
      expect(stored).toEqual({
        ...scheduler,
        beatAt: clock.wall(),
        polledAt: clock.wall() - 1,
        stoppedAt: clock.wall(),
      });
      expect(await store.schedulers.prune(clock.wall() + 1)).toBeGreaterThanOrEqual(1);
    });
  });
}
