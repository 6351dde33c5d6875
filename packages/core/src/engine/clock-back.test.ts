import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { JobDefinition } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { pauseOperations } from '../operations/pauses.ts';
import type { OperationContext } from '../operations/context.ts';
import { planDue } from './plan-due.ts';
import type { Store } from '../store/store.ts';
import { Scheduler } from './scheduler.ts';
import { benchOf, deadHost, type Place } from './test-bench.ts';
import { rewindCursors } from './upkeep.ts';

/** After the clock went back an instant has one entry all the same: its run, its row, or its place in one gap. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const year = 365 * 24 * hour;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);
  const anything = { overlap: 'allow', maxConcurrent: null } as const;

  async function given(definition: Partial<JobDefinition> = {}, everyMs = minute) {
    const { clock } = bench();
    const spec: ScheduleSpec = {
      kind: 'interval',
      every: everyMs / second,
      unit: 'seconds',
      start: clock.wall(),
      timezone: 'UTC',
    };
    const { job, schedules, from } = await bench().job({ ...anything, ...definition }, [spec]);
    const [schedule] = schedules;
    if (schedule === undefined) throw new Error('a job without its schedule');
    const scheduler = bench().scheduler();
    await scheduler.tick();
    return {
      id: job.id,
      from,
      scheduler,
      faults: () => bench().ledgerFaults(schedule, { after: from, until: clock.wall() }),
      due: async () => (await bench().runs(job.id)).map(({ dueAt }) => ((dueAt ?? 0) - from) / everyMs),
    };
  }

  /** The clock is set, and real time goes on until the scheduler believes it. */
  async function jump(tick: () => Promise<void>, ms: number): Promise<void> {
    const { clock } = bench();
    clock.set(clock.wall() + ms);
    await tick();
    const waits = ms <= 0 ? 0 : ms > 24 * hour ? 5 * minute : 11 * second;
    for (let left = waits; left > 0; left -= 10 * second) {
      clock.advance(Math.min(left, 10 * second));
      await tick();
    }
  }

  test('an hour ahead and back: what was not run comes again, what was run does not, and nothing is there twice (F32, F33)', async () => {
    const { scheduler, faults, due } = await given();
    const tick = () => scheduler.tick();
    bench().clock.advance(minute);
    await tick();
    await jump(tick, hour);
    const before = await due();
    expect(before.slice(0, 2)).toEqual([1, 60]);
    await jump(tick, -hour);
    await bench().pass(70 * minute, 20 * second, tick);
    expect(await faults()).toEqual([]);
    const after = await due();
    expect(after.length).toBeGreaterThan(60);
    expect(new Set(after).size).toBe(after.length);
  });

  test('a year ahead and back leaves a schedule alive, and of the year what has come (F34)', async () => {
    const { id, scheduler, faults, due } = await given({}, hour);
    const tick = () => scheduler.tick();
    await jump(tick, year);
    expect((await bench().ledger(id)).some((entry) => entry.kind === 'gap' && entry.reason === 'clock')).toBe(true);
    await jump(tick, -year);
    await bench().pass(3 * hour + 10 * minute, 20 * second, tick);
    expect(await faults()).toEqual([]);
    expect((await due()).slice(0, 3)).toEqual([1, 2, 3]);
  });

  test('a gap that is counted after the clock went back leaves out what had its run', async () => {
    const { id, scheduler, faults } = await given();
    const tick = () => scheduler.tick();
    await bench().pass(20 * minute, 20 * second, tick);
    await jump(tick, -15 * minute);
    const { store, system } = bench();
    const context = { store, system, planDue: (jobId: number) => planDue(bench(), jobId) } as OperationContext;
    const actor = { personId: null, name: 'mei', via: 'library' } as const;
    await pauseOperations(context).pause(id, actor);
    bench().clock.advance(25 * minute);
    await pauseOperations(context).resume(id, actor);
    expect(await faults()).toEqual([]);
    await bench().pass(2 * minute, 20 * second, tick);
    expect(await faults()).toEqual([]);
  });

  test.each(['pause', 'resume'] as const)(
    'a %s while the schedules ahead of the clock are looked for is not undone by what was read before it (P1)',
    async (act) => {
      const { id, scheduler } = await given();
      await bench().pass(20 * minute, 20 * second, () => scheduler.tick());
      const { store, system, clock } = bench();
      const pauses = pauseOperations({ store, system } as OperationContext);
      const actor = { personId: null, name: 'mei', via: 'library' } as const;
      if (act === 'resume') await pauses.pause(id, actor);
      clock.set(clock.wall() - 15 * minute);
      const jobsAheadOf: Store['schedules']['jobsAheadOf'] = async (...asked) => {
        const found = await store.schedules.jobsAheadOf(...asked);
        if (found.length > 0) await pauses[act](id, actor);
        return found;
      };
      const slow = Object.assign(Object.create(store) as Store, {
        schedules: Object.assign(Object.create(store.schedules), { jobsAheadOf }),
      });
      expect(await rewindCursors(slow)).toBe(1);
      const [schedule] = await store.schedules.ofJob(id);
      expect(schedule?.cursorAt).toBeLessThanOrEqual(clock.wall());
      expect(schedule?.planAt === null).toBe(act === 'pause');
    },
  );

  test('a long silence after the clock went back is counted around what had its run', async () => {
    const { scheduler, faults } = await given({ catchUp: { policy: 'none', windowSeconds: 86_400, max: 10 } }, second);
    const tick = () => scheduler.tick();
    await bench().pass(40 * second, second, tick);
    await jump(tick, -30 * second);
    bench().clock.advance(3 * hour);
    await tick();
    expect(await faults()).toEqual([]);
  });

  test("schedules go on within seconds when the database's clock alone goes back (F33)", async () => {
    const { clock, store, system, settings } = bench();
    const [before, from] = [clock.wall(), clock.boot()];
    const steady = { ...clock, wall: () => Math.floor(before + clock.boot() - from) };
    const { id, due } = await given();
    const facts = { host: deadHost(), name: 'steady', version: '0' };
    const scheduler = new Scheduler({ store, settings, system: { ...system, clock: steady }, ...facts });
    await bench().pass(3 * minute, 20 * second, () => scheduler.tick());
    clock.set(clock.wall() - 2 * minute);
    await bench().pass(10 * second, 5 * second, () => scheduler.tick());
    const [schedule] = await store.schedules.ofJob(id);
    expect(schedule?.cursorAt).toBeLessThanOrEqual(clock.wall());
    await bench().pass(4 * minute, 20 * second, () => scheduler.tick());
    expect(await due()).toEqual([1, 2, 3, 4, 5]);
    await scheduler.stop();
  });

  test('what waited when the clock went back may be claimed at once (F33)', async () => {
    const { id, scheduler } = await given();
    const tick = () => scheduler.tick();
    await bench().pass(2 * minute, 20 * second, tick);
    await jump(tick, -hour);
    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 2);
    for (const act of stage.acts) act.end();
    await bench().done(worker.idle());
    expect((await bench().runs(id)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  });

  test('what was queued while the clock was ahead for a moment does not wait for that time (F32)', async () => {
    const { scheduler } = await given();
    const { clock } = bench();
    clock.set(clock.wall() + hour);
    await scheduler.tick();
    const run = await bench().run();
    clock.set(clock.wall() - hour + 5 * second);
    await scheduler.tick();
    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    stage.act(0).end();
    await bench().done(worker.idle());
    expect((await bench().read(run)).state).toBe('succeeded');
  });

  test('a job that has had all its runs is not brought back to life', async () => {
    const { id, scheduler } = await given({ maxRuns: 2 });
    const tick = () => scheduler.tick();
    await bench().pass(3 * minute, 20 * second, tick);
    const completed = await bench().eventCount('job.completed');
    const [before] = await bench().store.schedules.ofJob(id);
    expect(before?.planAt).toBeNull();
    await jump(tick, -2 * minute);
    await bench().pass(5 * minute, 20 * second, tick);
    expect(await bench().store.schedules.ofJob(id)).toEqual([before]);
    expect(await bench().eventCount('job.completed')).toBe(completed);
    expect(await bench().runs(id)).toHaveLength(2);
  });

  test('instants that had their run use up nothing of what the job may still have', async () => {
    const { id, scheduler, due } = await given({ maxRuns: 4 });
    const tick = () => scheduler.tick();
    await bench().pass(3 * minute, 20 * second, tick);
    await jump(tick, -2 * minute);
    await bench().pass(6 * minute, 20 * second, tick);
    expect(await due()).toEqual([1, 2, 3, 4]);
    expect((await bench().store.jobs.get(id))?.automaticRuns).toBe(4);
  });
});
