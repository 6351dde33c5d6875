import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Actor } from '../operations/context.ts';
import { type Operations } from '../operations/operations.ts';
import { manualClockStart } from '../testing/manual-clock.ts';
import { planDue } from './plan-due.ts';
import { benchOf, type Place } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';

/** An edit, a pause or a deletion first plans what is due so far by the old rule; the new one counts from there. */

const minute = 60_000;
const mei: Actor = { personId: null, name: 'mei', via: 'library' };
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
let names = 0;

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);
  const every = (minutes: number): ScheduleSpec => ({
    kind: 'interval',
    every: minutes,
    unit: 'minutes',
    start: manualClockStart,
    timezone: 'UTC',
  });
  const plan = (jobId: number): Promise<void> => planDue(bench(), jobId);

  function operations(planning: ((jobId: number) => Promise<void>) | null = plan): Operations {
    writeFileSync(join(bench().folder, 'hello.sh'), 'echo hello\n');
    return operationsOf(bench(), planning === null ? {} : { planDue: planning });
  }

  /** A job every minute, two instants of which nobody has planned. */
  async function given({ jobs }: Operations = operations()) {
    bench().clock.advance(minute - (bench().clock.wall() % minute));
    const from = bench().clock.wall();
    const input = {
      type: 'script',
      config: { script: 'hello.sh' },
      overlap: 'queue_all',
      schedules: [{ spec: every(1) }],
    } as const;
    const { job, schedules } = await jobs.create({ name: `job ${(names += 1)}`, ...input }, mei);
    bench().clock.advance(2 * minute + 5);
    const [schedule] = schedules;
    if (schedule === undefined) throw new Error('a job without its schedule');
    const faults = (until: number) => bench().ledgerFaults(schedule, { after: from, until });
    return { id: job.id, from, faults };
  }
  const runsOf = async (id: number): Promise<number[]> => (await bench().runs(id)).map(({ dueAt }) => dueAt ?? 0);

  test.each([
    [
      'an edited rule',
      // No mark of it comes near, however far the tests before have moved the clock.
      ({ jobs }: Operations, id: number) => jobs.change(id, { schedules: [{ spec: every(10_000) }] }, mei, null),
    ],
    ['a schedule taken away', ({ jobs }: Operations, id: number) => jobs.change(id, { schedules: [] }, mei, null)],
    [
      'a schedule switched off',
      ({ jobs }: Operations, id: number) =>
        jobs.change(id, { schedules: [{ spec: every(1), active: false }] }, mei, null),
    ],
    ['a pause', ({ jobs }: Operations, id: number) => jobs.pause(id, mei)],
    ['a pause by a change', ({ jobs }: Operations, id: number) => jobs.change(id, { active: false }, mei, null)],
    ['a deletion', ({ jobs }: Operations, id: number) => jobs.remove(id, mei)],
  ] as const)('%s leaves nothing out that was due before (F40)', async (__, change) => {
    const { id, from, faults } = await given();
    const at = bench().clock.wall();
    await change(operations(), id);
    expect(await faults(at)).toEqual([]);
    expect(await runsOf(id)).toContain(from + 2 * minute);
    bench().clock.advance(3 * minute);
    await bench().scheduler().tick();
    expect((await runsOf(id)).filter((due) => due > at && due < at + 3 * minute)).toEqual([]);
  });

  test('an instant that comes between the planning and the change is planned, too (F40)', async () => {
    const { id, from, faults } = await given();
    let late = true;
    const { jobs } = operations(async (jobId) => {
      await plan(jobId);
      if (late) bench().clock.advance(minute);
      late = false;
    });
    await jobs.change(id, { schedules: [{ spec: every(7) }] }, mei, null);
    expect(await faults(bench().clock.wall())).toEqual([]);
    expect(await runsOf(id)).toContain(from + 2 * minute);
    expect((await bench().ledger(id)).filter((entry) => entry.kind === 'gap')).toEqual([]);
  });

  test.each([
    [
      'an edited rule',
      2,
      ({ jobs }: Operations, id: number) => jobs.change(id, { schedules: [{ spec: every(10_000) }] }, mei, null),
    ],
    ['a schedule taken away', 2, ({ jobs }: Operations, id: number) => jobs.change(id, { schedules: [] }, mei, null)],
    ['a pause', 2, ({ jobs }: Operations, id: number) => jobs.pause(id, mei)],
    ['a deletion', 0, ({ jobs }: Operations, id: number) => jobs.remove(id, mei)],
  ] as const)(
    '%s between what a scheduler read and what it writes: it writes nothing (F40)',
    async (__, waiting, change) => {
      const { id, faults } = await given();
      const inner = await bench().another();
      const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      /** Ids are drawn when it has read what is due, right before its transaction. */
      const ids = async (count: number): Promise<readonly number[]> => {
        reached.resolve();
        await go.promise;
        return inner.ids(count);
      };
      const scheduler = bench().scheduler({ store: { ...inner, ids } });
      const planning = scheduler.tick();
      await reached.promise;
      const at = bench().clock.wall();
      await change(operations(), id);
      const [runs, ledger] = [await bench().runs(id), await bench().ledger(id)];
      expect(runs.filter(({ state }) => state === 'queued')).toHaveLength(waiting);
      go.resolve();
      await planning;
      expect([await bench().runs(id), await bench().ledger(id)]).toEqual([runs, ledger]);
      expect(await faults(at)).toEqual([]);
      await scheduler.stop();
    },
  );

  test('without a planner what was due is counted as missed', async () => {
    const { id, from, faults } = await given();
    await operations(null).jobs.change(id, { schedules: [{ spec: every(7) }] }, mei, null);
    expect(await faults(bench().clock.wall())).toEqual([]);
    expect(await bench().ledger(id)).toMatchObject([
      { kind: 'gap', fromAt: from + minute, count: 2, reason: 'misfire' },
    ]);
  });

  test('a job that is switched on by a change counts from now, and its pause is one gap', async () => {
    const { jobs } = operations();
    const { id, faults } = await given();
    await jobs.change(id, { active: false }, mei, null);
    bench().clock.advance(10 * minute);
    await jobs.change(id, { active: true }, mei, null);
    const gaps = (await bench().ledger(id)).filter((entry) => entry.kind === 'gap');
    expect(gaps).toMatchObject([{ count: 10, reason: 'paused' }]);
    const before = await runsOf(id);
    bench().clock.advance(minute);
    await plan(id);
    const fresh = (await runsOf(id)).filter((due) => !before.includes(due));
    expect(fresh.map((due) => bench().clock.wall() - due < minute)).toEqual([true]);
    expect(await faults(bench().clock.wall())).toEqual([]);
  });
});
