import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { clockOperations } from '../operations/clock.ts';
import type { OperationContext } from '../operations/context.ts';
import { pauseOperations } from '../operations/pauses.ts';
import { planDue } from './plan-due.ts';
import type { Scheduler } from './scheduler.ts';
import { benchOf, type Place } from './test-bench.ts';
import { faultyStore } from './test-faults.ts';

/** Clocks that jump, and whose word counts (CONTRACT 4, R-348). */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const mei = { personId: null, name: 'mei', via: 'library' } as const;

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);
  const every = (ms: number): ScheduleSpec => ({
    kind: 'interval',
    every: ms / second,
    unit: 'seconds',
    // Long before: after the clock went back there are instants all the same.
    start: bench().clock.wall() - 10 * day,
    timezone: 'UTC',
  });
  const anything = { overlap: 'allow', maxConcurrent: null } as const;
  const context = (): OperationContext => {
    const { store, system } = bench();
    return { store, system, planDue: (jobId: number) => planDue(bench(), jobId) } as OperationContext;
  };
  const jump = (ms: number): void => bench().clock.set(bench().clock.wall() + ms);
  const holdOf = async ({ id }: Scheduler) =>
    (await bench().store.schedulers.list()).find((row) => row.id === id)?.hold;

  /** Instants that are skipped because of the clock; nothing else may be there. */
  async function clockSkips(jobId: number): Promise<number> {
    const entries = await bench().ledger(jobId);
    expect(entries.map(({ reason }) => reason).filter((reason) => reason !== 'clock')).toEqual([]);
    return entries.reduce((sum, entry) => sum + (entry.kind === 'gap' ? entry.count : 1), 0);
  }

  test('a jump of two days waits for a person, who can say that it is right (F34)', async () => {
    const given = await bench().job({}, [every(hour)]);
    const schedulers = [bench().scheduler(), bench().scheduler()];
    const tick = async (): Promise<void> => {
      for (const scheduler of schedulers) await scheduler.tick();
    };
    await tick();
    const from = bench().clock.wall();
    jump(2 * day);
    await tick();
    await bench().pass(minute, 10 * second, tick);
    expect(await bench().ledger(given.job.id)).toEqual([]);
    for (const scheduler of schedulers) expect(await holdOf(scheduler)).toMatchObject({ from, confirmedAt: null });
    expect(await clockOperations(context()).confirm(mei)).toBe(2);
    expect(await clockOperations(context()).confirm(mei)).toBe(0);
    await tick();
    await tick();
    for (const scheduler of schedulers) expect(await holdOf(scheduler)).toBeNull();
    expect(await clockSkips(given.job.id)).toBe(48);
    expect(await bench().runs(given.job.id)).toEqual([]);
    const { items } = await bench().store.events.list({ kinds: ['clock.held', 'clock.confirmed'] }, { limit: 3 });
    expect(items.map(({ kind }) => kind)).toEqual(['clock.confirmed', 'clock.held', 'clock.held']);
    jump(-2 * day);
    await tick();
  });

  test('a clock that jumps in the midst of a pass is not planned by (F34)', async () => {
    const given = await bench().job(anything, [every(hour)]);
    const { store } = bench();
    let jumps = 0;
    const jumping: typeof store = {
      ...store,
      schedules: {
        ...store.schedules,
        earliestPlan: async () => {
          if (jumps === 1) jump(2 * hour);
          jumps += 1;
          return store.schedules.earliestPlan();
        },
      },
    };
    const scheduler = bench().scheduler({ store: jumping });
    await scheduler.tick();
    await scheduler.tick();
    expect(jumps).toBeGreaterThan(1);
    expect(await bench().ledger(given.job.id)).toEqual([]);
    jump(-2 * hour);
    await scheduler.tick();
    expect(await bench().ledger(given.job.id)).toEqual([]);
    expect(await bench().runs(given.job.id)).toEqual([]);
  });

  test('a scheduler that starts while others wait waits with them', async () => {
    const given = await bench().job({}, [every(hour)]);
    const first = bench().scheduler();
    await first.tick();
    jump(2 * day);
    await first.tick();
    const late = bench().scheduler();
    await late.tick();
    await bench().pass(4 * minute, 10 * second, async () => {
      await first.tick();
      await late.tick();
    });
    expect(await bench().ledger(given.job.id)).toEqual([]);
    await bench().pass(2 * minute, 10 * second, async () => {
      await first.tick();
      await late.tick();
    });
    expect(await clockSkips(given.job.id)).toBe(48);
    jump(-2 * day);
    await first.tick();
  });

  test.each([10 * minute, -10 * minute])(
    'a process whose clock is off by %i ms plans and carries out by the clock of the database (F35)',
    async (off) => {
      const given = await bench().job(anything, [every(minute)]);
      const system = bench().withClockOff(off);
      const scheduler = bench().scheduler({ system });
      const { worker, stage } = await bench().worker({ system });
      await scheduler.tick();
      bench().clock.advance(minute - 1);
      await scheduler.tick();
      expect(await bench().runs(given.job.id)).toEqual([]);
      bench().clock.advance(1);
      await scheduler.tick();
      await bench().done(worker.beat());
      await bench().done(worker.tick());
      await bench().until(() => stage.acts.length === 1);
      stage.act(0).end();
      await bench().done(worker.idle());
      const [run] = await bench().runs(given.job.id);
      expect(run).toMatchObject({ state: 'succeeded', trigger: 'schedule', dueAt: given.from + minute });
      expect(Math.abs((run?.startedAt ?? 0) - (given.from + minute))).toBeLessThan(second);
      await bench().done(worker.beat());
      const offsets = [
        (await bench().store.workers.get(worker.id))?.clockOffset,
        (await bench().store.schedulers.list()).find(({ id }) => id === scheduler.id)?.clockOffset,
      ];
      for (const offset of offsets) expect(Math.abs((offset ?? 0) - off)).toBeLessThan(second);
    },
  );

  test('a clock of a process that is set while it runs is not held: the database’s did not jump (F35)', async () => {
    const given = await bench().job(anything, [every(minute)]);
    let off = 0;
    const { clock, system } = bench();
    const scheduler = bench().scheduler({ system: { ...system, clock: { ...clock, wall: () => clock.wall() + off } } });
    await scheduler.tick();
    for (off of [3 * day, -3 * day]) {
      bench().clock.advance(minute);
      await scheduler.tick();
    }
    expect(await bench().runs(given.job.id)).toHaveLength(2);
  });

  test('a repeated leap second makes no second run (F39)', async () => {
    const given = await bench().job(anything, [every(second)]);
    const scheduler = bench().scheduler();
    const tick = () => scheduler.tick();
    await bench().pass(3 * second, 500, tick);
    jump(-second);
    await bench().pass(3 * second, 500, tick);
    const due = (await bench().runs(given.job.id)).map(({ dueAt }) => ((dueAt ?? 0) - given.from) / second);
    expect(due.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });

  test('after an hour back a job that was paused is not silent for that hour when it is resumed (F33)', async () => {
    const given = await bench().job(anything, [every(minute)]);
    const scheduler = bench().scheduler();
    const tick = () => scheduler.tick();
    await bench().pass(5 * minute, minute, tick);
    await pauseOperations(context()).pause(given.job.id, mei);
    jump(-hour);
    await tick();
    bench().clock.advance(2 * minute);
    await pauseOperations(context()).resume(given.job.id, mei);
    await bench().pass(3 * minute, 30 * second, tick);
    const [schedule] = given.schedules;
    const stored = await bench().store.schedules.get(schedule?.id ?? 0);
    expect(stored?.cursorAt).toBeLessThanOrEqual(bench().clock.wall());
    expect(await bench().runs(given.job.id)).not.toHaveLength(5);
    jump(hour);
  });

  test('after an hour back a schedule that was switched off counts from now, too (F33)', async () => {
    const given = await bench().job(anything, [every(minute)]);
    const scheduler = bench().scheduler();
    await bench().pass(2 * minute, minute, () => scheduler.tick());
    const [schedule] = await bench().store.schedules.ofJob(given.job.id);
    if (schedule === undefined) throw new Error('a job without its schedule');
    const off = { ...schedule, active: false, planAt: null, nextDueAt: null };
    expect(await bench().store.schedules.update(off, schedule.revision)).toBe(true);
    jump(-hour);
    await scheduler.tick();
    const [stored] = await bench().store.schedules.ofJob(given.job.id);
    expect(stored).toMatchObject({ active: false, planAt: null, cursorAt: bench().clock.wall() });
  });

  describe('a worker whose machine slept for ten minutes (F36)', () => {
    async function asleep() {
      const run = await bench().run();
      const { worker, stage } = await bench().worker();
      await bench().done(worker.tick());
      await bench().until(() => stage.acts.length === 1);
      bench().clock.suspend(10 * minute);
      return { run, worker, stage };
    }

    test('claims and begins nothing before the database has confirmed it', async () => {
      const { worker, stage } = await asleep();
      await bench().run();
      await bench().done(worker.tick());
      expect(stage.acts).toHaveLength(1);
      await bench().done(worker.beat());
      await bench().done(worker.tick());
      await bench().until(() => stage.acts.length === 2);
    });

    test('does not begin what it had only been allowed to begin, and gives it back (P6)', async () => {
      const run = await bench().run();
      const woken = Promise.withResolvers<void>();
      const slow = faultyStore(bench().store, 'load', woken.promise);
      const { worker, stage } = await bench().worker({ store: slow.store });
      void worker.tick();
      await slow.struck;
      expect((await bench().read(run)).state).toBe('starting');
      bench().clock.suspend(10 * minute);
      woken.resolve();
      await bench().done(worker.idle());
      expect(stage.acts).toEqual([]);
      expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 0 });
      expect(await bench().eventCount('worker.unhealthy')).toBe(0);
    });

    test('stops what was given to others meanwhile, and nothing else', async () => {
      const { run, worker, stage } = await asleep();
      await bench().store.workers.declareLost({ workerId: worker.id, incarnation: worker.incarnation }, minute);
      await bench().done(bench().rescuer().tick());
      expect((await bench().read(run)).state).toBe('lost');
      await bench().done(worker.beat());
      expect(stage.act(0).context.signal.reason).toBe('fenced');
    });

    test('goes on with what is still its own, and the result counts', async () => {
      const { run, worker, stage } = await asleep();
      await bench().done(worker.beat());
      expect(stage.act(0).context.signal.aborted).toBe(false);
      stage.act(0).end();
      await bench().done(worker.idle());
      expect((await bench().read(run)).state).toBe('succeeded');
    });
  });
});
