import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { benchOf, type Place } from './test-bench.ts';
import { faultyStore } from './test-faults.ts';

/** Schedulers beside each other, one of which is stopped or gone. */

const second = 1000;
const minute = 60 * second;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);
  const minutely = () =>
    ({ kind: 'interval', every: 1, unit: 'minutes', start: bench().clock.wall(), timezone: 'UTC' }) as const;

  test('one that is stopped before it writes, and goes on when a peer has, writes nothing (F3)', async () => {
    const { job } = await bench().job({ overlap: 'allow', maxConcurrent: null }, [minutely()]);
    const inner = await bench().another();
    const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isStopped = false;
    /** Ids are drawn when it has read what is due, right before its transaction. */
    const ids = async (count: number): Promise<readonly number[]> => {
      if (isStopped) {
        reached.resolve();
        await go.promise;
      }
      return inner.ids(count);
    };
    const stopped = bench().scheduler({ store: { ...inner, ids } });
    const peer = bench().scheduler();
    await stopped.tick();
    bench().clock.advance(minute);
    isStopped = true;
    const planning = stopped.tick();
    await reached.promise;
    await peer.tick();
    expect(await bench().runs(job.id)).toHaveLength(1);
    go.resolve();
    await planning;
    expect(await bench().runs(job.id)).toHaveLength(1);
    expect(await bench().ledger(job.id)).toHaveLength(1);
    await stopped.stop();
  });

  test.each([2, 5])('%i of them make one run of each instant, however they race (F2)', async (count) => {
    const jobs = [];
    for (let made = 0; made < 20; made += 1)
      jobs.push(await bench().job({ overlap: 'allow', maxConcurrent: null }, [minutely()]));
    const schedulers = [];
    for (let made = 0; made < count; made += 1) schedulers.push(bench().scheduler({ store: await bench().another() }));
    for (let passed = 0; passed < 5; passed += 1) {
      bench().clock.advance(minute);
      await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
    }
    for (const { job, schedules, from } of jobs) {
      expect(await bench().runs(job.id)).toHaveLength(5);
      for (const schedule of schedules)
        expect(await bench().ledgerFaults(schedule, { after: from, until: bench().clock.wall() })).toEqual([]);
    }
    for (const scheduler of schedulers) await scheduler.stop();
  });

  // A file's lock is let go by the end of its process alone: there a peer waits for one that is stopped in the midst.
  if (place !== null)
    test('one that is stopped in the midst of its transaction lets a peer plan within two seconds (F3)', async () => {
      const { job } = await bench().job({ overlap: 'allow', maxConcurrent: null }, [minutely()]);
      const go = Promise.withResolvers<void>();
      const slow = faultyStore(await bench().another(), 'advance', go.promise);
      const stopped = bench().scheduler({ store: slow.store });
      const peer = bench().scheduler();
      bench().clock.advance(minute);
      const failing = expect(stopped.tick()).rejects.toMatchObject({ code: 'database_unreachable' });
      await slow.struck;
      const began = performance.now();
      await peer.tick();
      expect(performance.now() - began).toBeLessThan(2000);
      expect(await bench().runs(job.id)).toHaveLength(1);
      go.resolve();
      await failing;
      await stopped.tick();
      expect(await bench().runs(job.id)).toHaveLength(1);
      await stopped.stop();
    });
});
