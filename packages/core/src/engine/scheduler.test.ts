import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { JobTriggerError } from '../errors.ts';
import type { CatchUp } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Store } from '../store/store.ts';
import { planBatch, stepOf } from './plan-batch.ts';
import { benchOf, type Place } from './test-bench.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const year = 365 * 24 * hour;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('a scheduler on %s', (_, place) => {
  const bench = benchOf(place);
  const every = (ms: number): ScheduleSpec => ({
    kind: 'interval',
    every: ms / second,
    unit: 'seconds',
    start: bench().clock.wall(),
    timezone: 'UTC',
  });
  const anything = { overlap: 'allow', maxConcurrent: null } as const;

  /** The ledger is whole from the job's creation to now. */
  async function expectWhole({ schedules, from }: Awaited<ReturnType<ReturnType<typeof bench>['job']>>): Promise<void> {
    for (const schedule of schedules) {
      const span = { after: from, until: bench().clock.wall() };
      expect(await bench().ledgerFaults(schedule, span)).toEqual([]);
    }
  }

  test('is known to have polled from its first pass on', async () => {
    const before = (await bench().store.schedulers.list()).map(({ id }) => id);
    await bench().scheduler().tick();
    const fresh = (await bench().store.schedulers.list()).filter(({ id }) => !before.includes(id));
    expect(fresh).toMatchObject([{ polledAt: bench().clock.wall() }]);
  });

  test('makes one run at the instant and none before it', async () => {
    const given = await bench().job({}, [every(minute)]);
    const scheduler = bench().scheduler();
    bench().clock.advance(minute - 1);
    await scheduler.tick();
    expect(await bench().runs(given.job.id)).toEqual([]);
    bench().clock.advance(1);
    await scheduler.tick();
    await scheduler.tick();
    const due = given.from + minute;
    expect(await bench().runs(given.job.id)).toMatchObject([
      { trigger: 'schedule', state: 'queued', dueAt: due, createdAt: due, availableAt: due },
    ]);
    expect(await bench().ledger(given.job.id)).toMatchObject([{ kind: 'occurrence', dueAt: due, reason: null }]);
  });

  test.each([
    ['last', 1],
    ['none', 0],
    ['all', 5],
    ['first', 1],
    ['manual', 0],
  ] as const)('after five instants of downtime makes, under %s, %i runs', async (policy, runs) => {
    const catchUp: CatchUp = { policy, windowSeconds: 86_400, max: 10 };
    const given = await bench().job({ catchUp }, [every(minute)]);
    await bench().scheduler().tick();
    bench().clock.advance(5 * minute + 40 * second);
    await bench().scheduler().tick();
    const made = await bench().runs(given.job.id);
    expect(made).toHaveLength(runs);
    expect(made.every(({ trigger }) => trigger === 'catch_up')).toBe(true);
    if (policy === 'last') expect(made[0]?.dueAt).toBe(given.from + 5 * minute);
    if (policy === 'first') expect(made[0]?.dueAt).toBe(given.from + minute);
    await expectWhole(given);
  });

  test('starts what it catches up at the drain rate', async () => {
    const catchUp: CatchUp = { policy: 'all', windowSeconds: 86_400, max: 20 };
    const given = await bench().job({ ...anything, catchUp }, [every(minute)]);
    bench().clock.advance(21 * minute);
    await bench()
      .scheduler({ settings: { drainRate: 10 } })
      .tick();
    const starts = (await bench().runs(given.job.id))
      .filter(({ trigger }) => trigger === 'catch_up')
      .map(({ availableAt }) => (availableAt ?? 0) - bench().clock.wall());
    expect(starts).toEqual(Array.from({ length: 20 }, (__, nth) => nth * 100));
  });

  test('counts a year of seconds in one pass', async () => {
    const given = await bench().job({}, [every(second)]);
    bench().clock.advance(year);
    await bench().scheduler().tick();
    const ledger = await bench().ledger(given.job.id);
    const counted = ledger.reduce((sum, entry) => sum + (entry.kind === 'gap' ? entry.count : 1), 0);
    expect(counted).toBe(year / second);
    expect(ledger.length).toBeLessThan(50);
  });

  test('makes one run an instant however many others race with it', async () => {
    const given = await Promise.all(
      Array.from({ length: 8 }, () => bench().job(anything, [every(minute), every(minute)])),
    );
    const schedulers = [bench().scheduler()];
    for (let each = 0; each < 2; each += 1) schedulers.push(bench().scheduler({ store: await bench().another() }));
    for (let round = 0; round < 4; round += 1) {
      bench().clock.advance(minute);
      await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
    }
    for (const each of given) {
      const runs = await bench().runs(each.job.id);
      const dues = runs.map(({ dueAt }) => ((dueAt ?? 0) - each.from) / minute);
      expect(dues.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
      await expectWhole(each);
    }
  });

  test('writes nothing when another was faster, or the job was paused or edited meanwhile', async () => {
    const { store, clock } = bench();
    const given = await bench().job({}, [every(minute)]);
    clock.advance(minute);
    const now = clock.wall();
    const facts = { now, toleranceMs: 30_000, limit: 100, clockGap: null, carried: new Map<number, number>() };
    const batch = async (steps: Parameters<typeof planBatch>[1]) =>
      planBatch(store, steps, { now, ids: await store.ids(5), drain: () => now });
    const steps = (await store.schedules.due(now, 10)).map((due) => stepOf(due, facts));

    await store.jobs.update({ ...given.job, active: false }, given.job.version, null);
    expect(await batch(steps)).toMatchObject({ runs: [], moved: [] });
    await store.jobs.update(given.job, given.job.version, null);

    expect((await batch(steps)).runs).toHaveLength(1);
    expect(await batch(steps)).toMatchObject({ runs: [], moved: [] });

    const [schedule] = await store.schedules.ofJob(given.job.id);
    if (schedule === undefined) throw new Error('The job has a schedule.');
    const stale = stepOf({ job: given.job, schedules: [{ ...schedule, planAt: now }] }, facts);
    await store.schedules.update({ ...schedule, revision: 2 }, 1);
    expect(await batch([stale])).toMatchObject({ runs: [], moved: [] });
    expect(await bench().runs(given.job.id)).toHaveLength(1);
  });

  test('leaves a job alone whose rule it cannot read, and plans the others', async () => {
    const spoilt = await bench().job({}, [every(minute)]);
    const [schedule] = spoilt.schedules;
    if (schedule === undefined) throw new Error('The job has a schedule.');
    const spec: ScheduleSpec = { kind: 'cron', expression: 'at noon', timezone: 'UTC' };
    await bench().store.schedules.update({ ...schedule, spec }, 1);
    const given = await bench().job({}, [every(minute)]);
    bench().clock.advance(minute);
    await bench().scheduler().tick();
    expect(await bench().runs(spoilt.job.id)).toEqual([]);
    expect(await bench().runs(given.job.id)).toHaveLength(1);
  });

  test('holds a full disk against no job: there is room again, and all of them are planned (F17)', async () => {
    const given = [await bench().job({}, [every(minute)]), await bench().job({}, [every(minute)])];
    const { store } = bench();
    let isFull = true;
    const full = async (): Promise<never> => {
      throw new JobTriggerError('no_space', 'There is no space left for the database.');
    };
    const starved = new Proxy(store, {
      get: (target, name: keyof Store) => (name === 'transaction' && isFull ? full : target[name]),
    });
    const scheduler = bench().scheduler({ store: starved });
    bench().clock.advance(minute);
    await expect(scheduler.tick()).rejects.toMatchObject({ code: 'no_space' });
    isFull = false;
    await scheduler.tick();
    for (const { job } of given) expect(await bench().runs(job.id)).toHaveLength(1);
    await scheduler.stop();
  });

  /** Planned one by one; `each` is called before every transaction. */
  function oneByOne(each: () => void): Store {
    const { store } = bench();
    return new Proxy(store, {
      get(target, name: keyof Store) {
        if (name === 'schedules') return { ...target.schedules, due: (now: number) => target.schedules.due(now, 1) };
        if (name === 'transaction') each();
        return target[name];
      },
    });
  }

  const triggersOf = async (given: readonly { readonly job: { readonly id: number } }[]): Promise<string[]> => {
    const runs = await Promise.all(given.map(({ job }) => bench().runs(job.id)));
    return runs
      .flat()
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map(({ trigger }) => trigger);
  };

  test.each([
    ['late when it planned without a break', 6 * second, 'schedule'],
    ['missed when nobody was there for a while', 16 * second, 'catch_up'],
  ] as const)('what it comes to after the tolerance is %s', async (_case, batchMs, last) => {
    const given = await Promise.all(Array.from({ length: 10 }, () => bench().job({}, [every(hour)])));
    const scheduler = bench().scheduler({ store: oneByOne(() => bench().clock.advance(batchMs)) });
    bench().clock.advance(hour);
    await scheduler.tick();
    const triggers = await triggersOf(given);
    expect([triggers.length, triggers[0], triggers.at(-1)]).toEqual([10, 'schedule', last]);
    await scheduler.stop();
  });

  test('what a database that was full kept it from planning was missed, however often it tried (F17)', async () => {
    const given = [await bench().job({}, [every(hour)])];
    let isFull = true;
    const store = oneByOne(() => {
      if (isFull) throw new JobTriggerError('no_space', 'There is no space left for the database.');
    });
    const scheduler = bench().scheduler({ store });
    bench().clock.advance(hour);
    for (let tries = 0; tries < 8; tries += 1) {
      await expect(scheduler.tick()).rejects.toMatchObject({ code: 'no_space' });
      bench().clock.advance(5 * second);
    }
    isFull = false;
    await scheduler.tick();
    expect(await triggersOf(given)).toEqual(['catch_up']);
    await scheduler.stop();
  });

  test('a job that cannot be planned makes no sweep of what comes meanwhile', async () => {
    const spoilt = await bench().job({}, [every(hour)]);
    const [schedule] = await bench().store.schedules.ofJob(spoilt.job.id);
    if (schedule === undefined) throw new Error('The job has a schedule.');
    const spec: ScheduleSpec = { kind: 'cron', expression: 'at noon', timezone: 'UTC' };
    await bench().store.schedules.update({ ...schedule, spec }, 1);
    const given = await bench().job(anything, [every(5 * second)]);
    const scheduler = bench().scheduler();
    bench().clock.advance(hour);
    await scheduler.tick();
    await bench().pass(minute, 5 * second, () => scheduler.tick());
    await bench().store.schedules.update({ ...schedule, revision: 2 }, 1);
    await bench().pass(2 * minute, 5 * second, () => scheduler.tick());
    expect(await triggersOf([spoilt])).toEqual(['catch_up']);
    expect((await triggersOf([given])).at(-1)).toBe('schedule');
  });

  test('makes as many runs as the job may have, and then says that it is complete', async () => {
    const given = await bench().job({ ...anything, maxRuns: 2 }, [every(minute)]);
    const scheduler = bench().scheduler();
    await bench().pass(5 * minute, minute, () => scheduler.tick());
    expect(await bench().runs(given.job.id)).toHaveLength(2);
    expect(await bench().store.schedules.ofJob(given.job.id)).toMatchObject([{ planAt: null, nextDueAt: null }]);
    expect(await bench().eventCount('job.completed')).toBe(1);
  });

  test('resumes a job whose pause had an end, and counts what the pause swallowed', async () => {
    const now = bench().clock.wall();
    const paused = { active: false, pausedAt: now, pausedUntil: now + 10 * minute };
    const given = await bench().job({}, [every(4 * minute)], paused);
    for (const schedule of given.schedules)
      await bench().store.schedules.update({ ...schedule, planAt: null, nextDueAt: null }, 1);
    const scheduler = bench().scheduler();
    await bench().pass(13 * minute, minute, () => scheduler.tick());
    expect(await bench().ledger(given.job.id)).toMatchObject([
      { kind: 'gap', reason: 'paused', count: 2 },
      { kind: 'occurrence', dueAt: given.from + 12 * minute, reason: null },
    ]);
    expect((await bench().store.jobs.get(given.job.id))?.active).toBe(true);
    await expectWhole(given);
  });

  test('believes a clock that jumped an hour ahead after ten seconds, and catches up within its limits (F32)', async () => {
    const given = await bench().job({}, [every(10 * minute)]);
    const before = await bench().eventCount('clock.jumped');
    const scheduler = bench().scheduler();
    await scheduler.tick();
    bench().clock.set(bench().clock.wall() + hour);
    await scheduler.tick();
    expect(await bench().ledger(given.job.id)).toEqual([]);
    bench().clock.advance(10 * second);
    await scheduler.tick();
    expect(await bench().runs(given.job.id)).toHaveLength(1);
    expect(await bench().eventCount('clock.jumped')).toBe(before + 1);
    await expectWhole(given);
  });

  test('takes a jump that goes back within the wait for none', async () => {
    const given = await bench().job({}, [every(10 * minute)]);
    const scheduler = bench().scheduler();
    await scheduler.tick();
    const { clock } = bench();
    clock.set(clock.wall() + year);
    await scheduler.tick();
    clock.advance(5 * second);
    clock.set(clock.wall() - year);
    await scheduler.tick();
    expect(await bench().ledger(given.job.id)).toEqual([]);
    clock.advance(10 * minute);
    await scheduler.tick();
    await expectWhole(given);
    expect(await bench().runs(given.job.id)).toHaveLength(1);
  });

  test('takes suspend for time that passed: one catch-up (F36)', async () => {
    const given = await bench().job({}, [every(minute)]);
    const scheduler = bench().scheduler();
    await scheduler.tick();
    bench().clock.suspend(10 * minute + 40 * second);
    await scheduler.tick();
    expect(await bench().runs(given.job.id)).toMatchObject([{ trigger: 'catch_up', dueAt: given.from + 10 * minute }]);
    await expectWhole(given);
  });

  test('never runs an instant twice when the clock goes back, and goes on at the next one (F33)', async () => {
    const given = await bench().job(anything, [every(minute)]);
    const scheduler = bench().scheduler();
    const { clock } = bench();
    await bench().pass(5 * minute, minute, () => scheduler.tick());
    clock.set(clock.wall() - 3 * minute);
    await bench().pass(5 * minute, minute, () => scheduler.tick());
    const dues = (await bench().runs(given.job.id)).map(({ dueAt }) => ((dueAt ?? 0) - given.from) / minute);
    expect(dues.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await bench().eventCount('schedule.rewound')).toBe(1);
    await expectWhole(given);
  });

  test('puts a jump of a year into one clock gap once five minutes have confirmed it (F34)', async () => {
    const given = await bench().job({}, [every(hour)]);
    const scheduler = bench().scheduler();
    const { clock } = bench();
    const before = clock.wall();
    await scheduler.tick();
    clock.set(before + year);
    await scheduler.tick();
    clock.advance(4 * minute);
    await scheduler.tick();
    expect(await bench().ledger(given.job.id)).toEqual([]);
    clock.advance(2 * minute);
    await scheduler.tick();
    expect(await bench().ledger(given.job.id)).toMatchObject([{ kind: 'gap', reason: 'clock', count: year / hour }]);
    expect(await bench().runs(given.job.id)).toEqual([]);
    clock.advance(hour);
    await scheduler.tick();
    expect(await bench().runs(given.job.id)).toHaveLength(1);
    await expectWhole(given);
    clock.set(before + 2 * hour);
  });
});
