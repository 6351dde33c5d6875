import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { nextPlanOf } from '../schedule/occurrences.ts';
import { tzVersion } from '../schedule/zone.ts';
import { benchOf, type Place } from './test-bench.ts';
import { recompute } from './upkeep.ts';

const hour = 3_600_000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

/** This runtime has one version of the zone data: the older one is what a stored row says it was computed with. */
describe.each(places)('new zone data, on %s', (_, place) => {
  const bench = benchOf(place);
  const daily: ScheduleSpec = { kind: 'daily', times: ['09:00'], timezone: 'Asia/Hong_Kong' };

  /** A job whose stored instants are off by what an older version of the zone data said. */
  async function computedWithOlder(offBy: number) {
    const given = await bench().job({}, [daily]);
    const [schedule] = given.schedules;
    if (schedule === undefined) throw new Error('The job has a schedule.');
    const right = nextPlanOf(daily, schedule.cursorAt) ?? 0;
    const stale = { ...schedule, planAt: right + offBy, nextDueAt: right + offBy, tzVersion: '1999a' };
    await bench().store.schedules.update(stale, schedule.revision);
    return { given, schedule, right };
  }
  const stored = async (id: number) => bench().store.schedules.get(id);
  const told = async (jobId: number) =>
    (await bench().store.events.list({ kinds: ['schedule.recomputed'], jobId }, { limit: 10 })).items;

  test.each([
    ['an hour late', hour],
    ['an hour early', -hour],
  ])('instants stored %s are computed anew and told, and run once (F38)', async (_name, offBy) => {
    const { given, schedule, right } = await computedWithOlder(offBy);
    const scheduler = bench().scheduler();
    await scheduler.tick();
    expect(await stored(schedule.id)).toMatchObject({ planAt: right, nextDueAt: right, tzVersion });
    expect(await told(given.job.id)).toMatchObject([
      { data: { schedule: schedule.id, from: right + offBy, to: right, zone_data: tzVersion } },
    ]);
    expect(await bench().runs(given.job.id)).toEqual([]);
    bench().clock.advance(right + 2 * hour - bench().clock.wall());
    await scheduler.tick();
    await scheduler.tick();
    expect((await bench().runs(given.job.id)).map(({ dueAt }) => dueAt)).toEqual([right]);
    const span = { after: given.from, until: bench().clock.wall() };
    expect(await bench().ledgerFaults(schedule, span)).toEqual([]);
  });

  test('an instant that older data put off, and that has passed meanwhile, is caught up and not lost (F38)', async () => {
    const { given, schedule, right } = await computedWithOlder(5 * hour);
    bench().clock.advance(right + hour - bench().clock.wall());
    const scheduler = bench().scheduler();
    await scheduler.tick();
    await scheduler.tick();
    expect(await bench().ledger(given.job.id)).toMatchObject([{ kind: 'occurrence', dueAt: right, reason: null }]);
    const span = { after: given.from, until: bench().clock.wall() };
    expect(await bench().ledgerFaults(schedule, span)).toEqual([]);
  });

  test('a rule that older data saw at its end goes on, and a job that had all its runs does not', async () => {
    const store = bench().store;
    for (const [maxRuns, expected] of [
      [null, true],
      [1, false],
    ] as const) {
      const { job, schedules } = await bench().job({ maxRuns }, [daily]);
      const [schedule] = schedules;
      if (schedule === undefined) throw new Error('The job has a schedule.');
      if (maxRuns !== null) await store.jobs.countAutomaticRuns(job.id, maxRuns);
      await store.schedules.update(
        { ...schedule, planAt: null, nextDueAt: null, tzVersion: '1999a' },
        schedule.revision,
      );
      await recompute(store, tzVersion);
      expect((await stored(schedule.id))?.planAt !== null).toBe(expected);
    }
  });

  test('what the new data leaves as it was is marked as seen, without a word', async () => {
    const { given, schedule, right } = await computedWithOlder(0);
    expect(await recompute(bench().store, tzVersion)).toBe(0);
    expect(await stored(schedule.id)).toMatchObject({ planAt: right, tzVersion });
    expect(await told(given.job.id)).toEqual([]);
    expect(await recompute(bench().store, tzVersion)).toBe(0);
  });
});
