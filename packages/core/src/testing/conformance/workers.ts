import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, claimAll, finished, givenJob, givenRuns, givenWorker, holderOf, runFor, type MakeBed } from './bed.ts';

export function workerConformance(make: MakeBed): void {
  describe('workers and schedulers', () => {
    const bed = bedOf(make);

    test('a worker reads as it was registered, with the database telling its heartbeat', async () => {
      const { store, clock } = bed();
      const worker = factories.worker({ beatAt: 1, labels: ['gpu'], draining: true });
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
      expect(await store.workers.register({ ...again, id: worker.id, incarnation: 100 })).toBe(worker.id);
      expect(await store.workers.byName(worker.name)).toMatchObject({ id: worker.id, incarnation: 100, lostAt: null });
      expect(await store.workers.get(again.id)).toBeNull();
    });

    test('a silent worker is declared lost once, and one that beat in time never', async () => {
      const { store, clock } = bed();
      const [silent, lively] = [await givenWorker(bed()), await givenWorker(bed())];
      clock.advance(60_000);
      expect(await store.dispatch.renew(holderOf(lively))).toEqual({ beatAt: clock.wall(), held: [] });
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
      const tally = (await store.workers.tallies(0)).find(({ workerId }) => workerId === worker.id);
      expect(tally).toEqual({ workerId: worker.id, current: 1, processed: 2, failed: 1 });
      const none = (await store.workers.tallies(Number.MAX_SAFE_INTEGER)).find(
        ({ workerId }) => workerId === worker.id,
      );
      expect(none).toMatchObject({ processed: 0 });
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
      expect(await store.schedulers.prune(clock.wall() + 1)).toBe(1);
    });
  });
}
