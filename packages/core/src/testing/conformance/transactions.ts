import { describe, expect, test, vi } from 'vitest';
import { bedOf, givenJob, type MakeBed } from './bed.ts';
import * as factories from '../factories.ts';

export function transactionConformance(make: MakeBed): void {
  describe('transactions', () => {
    const bed = bedOf(make);

    test('all of it happened or none of it, and work reads what it has written', async () => {
      const { store } = bed();
      const job = factories.job();
      const failed = store.transaction(async (tables) => {
        await tables.jobs.insert(job, null);
        expect(await tables.jobs.get(job.id)).toEqual(job);
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await store.jobs.get(job.id)).toBeNull();
      const answer = await store.transaction(async (tables) => {
        await tables.jobs.insert(job, null);
        return 'done';
      });
      expect(answer).toBe('done');
      expect(await store.jobs.get(job.id)).toEqual(job);
    });

    test('what is not committed is not seen from outside', async () => {
      const { store } = bed();
      const job = factories.job();
      let outside: Promise<unknown> = Promise.resolve();
      const entered = Promise.withResolvers<void>();
      const leave = Promise.withResolvers<void>();
      const writing = store.transaction(async (tables) => {
        await tables.jobs.insert(job, null);
        entered.resolve();
        await leave.promise;
        throw new Error('undone');
      });
      await entered.promise;
      outside = store.jobs.get(job.id);
      leave.resolve();
      await expect(writing).rejects.toThrow('undone');
      expect(await outside).toBeNull();
    });

    test('those about different things that come together are each carried out or refused for themselves', async () => {
      const { store } = bed();
      const jobs = await Promise.all(Array.from({ length: 12 }, () => givenJob(bed())));
      const answers = await Promise.allSettled(
        jobs.map(({ id }, at) =>
          store.transaction(
            async (tables) => {
              await tables.jobs.lock([id]);
              const read = await tables.jobs.get(id);
              if (read) await tables.jobs.update({ ...read, updatedAt: read.updatedAt + 1 }, 1, null);
              if (at === 5) throw new Error('not this one');
              return read?.id;
            },
            { about: id },
          ),
        ),
      );
      expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : String(answer.reason)))).toEqual(
        jobs.map(({ id }, at) => (at === 5 ? 'Error: not this one' : id)),
      );
      const kept = await store.jobs.byIds(jobs.map(({ id }) => id));
      for (const [at, { id, updatedAt }] of jobs.entries())
        expect(kept.get(id)?.updatedAt).toBe(updatedAt + (at === 5 ? 0 : 1));
    });

    test('those about the same thing that come together follow each other', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const raise = (): Promise<void> =>
        store.transaction(
          async (tables) => {
            await tables.jobs.lock([job.id]);
            const read = await tables.jobs.get(job.id);
            if (read) await tables.jobs.update({ ...read, updatedAt: read.updatedAt + 1 }, 1, null);
          },
          { about: job.id },
        );
      await Promise.all(Array.from({ length: 10 }, raise));
      expect((await store.jobs.get(job.id))?.updatedAt).toBe(job.updatedAt + 10);
    });

    test('many at once all take effect', async () => {
      const { store, another } = bed();
      const job = await givenJob(bed());
      const stores = [store, await another()];
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (stores[index % 2] ?? store).transaction(async (tables) => {
            await tables.jobs.lock([job.id]);
            const read = await tables.jobs.get(job.id);
            await Promise.resolve();
            if (read) await tables.jobs.update({ ...read, updatedAt: read.updatedAt + 1 }, 1, null);
          }),
        ),
      );
      expect((await store.jobs.get(job.id))?.updatedAt).toBe(job.updatedAt + 40);
    });

    test('an error of our own passes through as it is', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const twice = store.transaction((tables) => tables.jobs.insert({ ...job, id: job.id + 500_000 }, null));
      await expect(twice).rejects.toMatchObject({ code: 'name_taken' });
      expect(await store.jobs.count({})).toBeGreaterThan(0);
    });
  });

  describe('numbers, time and health', () => {
    const bed = bedOf(make);

    test('ids are unique over two stores, however they are drawn', async () => {
      const { store, another } = bed();
      const other = await another();
      const drawn = await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? store : other).ids(1 + (index % 3) * 700)),
      );
      const ids = drawn.flat();
      expect(new Set(ids).size).toBe(ids.length);
      expect(drawn.every((some, index) => some.length === 1 + (index % 3) * 700)).toBe(true);
      expect(Math.min(...ids)).toBeGreaterThan(0);
    });

    test('the time is the clock of the test', async () => {
      const { store, clock } = bed();
      clock.advance(1234);
      expect(await store.now()).toBe(clock.wall());
      expect(await store.transaction((tables) => tables.now())).toBe(clock.wall());
    });

    test('a healthy store answers, and housekeeping leaves it so', async () => {
      const { store } = bed();
      await store.maintain();
      expect((await store.ping()).latencyMs).toBeGreaterThanOrEqual(0);
    });
  });

  describe('the bell', () => {
    const bed = bedOf(make);
    const heardBy = (count: () => number, atLeast: number) =>
      vi.waitFor(() => expect(count()).toBeGreaterThanOrEqual(atLeast), 5000);

    test('a ring is heard in its own process, many at once as few, and not after the listener has left', async () => {
      const { store } = bed();
      let plan = 0;
      let queue = 0;
      const leave = store.bell.listen('plan', () => (plan += 1));
      const leaveQueue = store.bell.listen('queue', () => (queue += 1));
      for (let index = 0; index < 50; index += 1) store.bell.ring('plan');
      await heardBy(() => plan, 1);
      expect(plan).toBeLessThan(10);
      leave();
      const heard = plan;
      store.bell.ring('plan');
      store.bell.ring('queue');
      await heardBy(() => queue, 1);
      expect(plan).toBe(heard);
      leaveQueue();
    });

    test('what another store commits and rings for is heard', async () => {
      const { store, another } = bed();
      const other = await another();
      let heard = 0;
      const leave = store.bell.listen('change', () => (heard += 1));
      await vi.waitFor(
        async () => {
          await other.settings.set('touched', heard);
          other.bell.ring('change');
          expect(heard).toBeGreaterThan(1);
        },
        { timeout: 10_000, interval: 100 },
      );
      leave();
    });
  });
}
