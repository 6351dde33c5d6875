import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { resumePolicies, type JobDefinition } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Actor } from '../operations/context.ts';
import { type Operations } from '../operations/operations.ts';
import { planDue } from './plan-due.ts';
import { benchOf, type Place } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';

const minute = 60_000;
const mei: Actor = { personId: null, name: 'mei', via: 'library' };
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('the end of a pause on %s', (_, place) => {
  const bench = benchOf(place);
  const operations = (): Operations => operationsOf(bench(), { planDue: (jobId) => planDue(bench(), jobId) });
  const tenMinutes = (rest: Partial<ScheduleSpec> = {}): ScheduleSpec =>
    ({
      kind: 'interval',
      every: 10,
      unit: 'minutes',
      start: bench().clock.wall(),
      timezone: 'UTC',
      ...rest,
    }) as ScheduleSpec;
  const definition: Partial<JobDefinition> = {
    overlap: 'skip',
    catchUp: { policy: 'none', windowSeconds: 86_400, max: 3 },
  };
  const made = { none: [], last: [60], all: [10, 20, 30] } as const;

  test.each(resumePolicies)('by a person, under %s, runs what it should and counts the rest', async (onResume) => {
    const { job, schedules, from } = await bench().job(definition, [tenMinutes()]);
    await operations().jobs.pause(job.id, mei);
    bench().clock.advance(65 * minute);
    await operations().jobs.resume(job.id, mei, { onResume });
    const runs = await bench().runs(job.id);
    expect(runs.map(({ dueAt }) => ((dueAt ?? 0) - from) / minute)).toEqual(made[onResume]);
    expect(runs.every(({ trigger }) => trigger === 'catch_up')).toBe(true);
    const now = bench().clock.wall();
    expect(runs.map(({ availableAt }) => (availableAt ?? 0) - now)).toEqual(made[onResume].map((__, nth) => nth * 100));
    for (const schedule of schedules)
      expect(await bench().ledgerFaults(schedule, { after: from, until: now })).toEqual([]);
    expect(await bench().store.jobs.get(job.id)).toMatchObject({ active: true, onResume: null });
  });

  test.each(resumePolicies)('by itself, under the %s it was begun with, does the same', async (onResume) => {
    const { job, schedules, from } = await bench().job(definition, [tenMinutes()]);
    await operations().jobs.pause(job.id, mei, { until: from + 65 * minute, onResume });
    const scheduler = bench().scheduler();
    await bench().pass(66 * minute, 6 * minute, () => scheduler.tick());
    const runs = await bench().runs(job.id);
    expect(runs.map(({ dueAt }) => ((dueAt ?? 0) - from) / minute)).toEqual(made[onResume]);
    for (const schedule of schedules)
      expect(await bench().ledgerFaults(schedule, { after: from, until: bench().clock.wall() })).toEqual([]);
  });

  test('runs the newest that its filters let through, and no more than the job may have', async () => {
    const from = bench().clock.wall();
    const blackouts = [{ from: from + 45 * minute, to: from + 62 * minute }];
    const given = await bench().job({ ...definition, maxRuns: 1 }, [tenMinutes({ blackouts }), tenMinutes()]);
    await operations().jobs.pause(given.job.id, mei, { onResume: 'last' });
    bench().clock.advance(65 * minute);
    await operations().jobs.resume(given.job.id, mei);
    expect(await bench().runs(given.job.id)).toMatchObject([{ dueAt: from + 40 * minute }]);
    expect(await bench().store.schedules.ofJob(given.job.id)).toMatchObject([{ planAt: null }, { planAt: null }]);
    expect(await bench().store.jobs.get(given.job.id)).toMatchObject({ automaticRuns: 1 });
  });

  test('counts a year of seconds without walking through it, and runs the last one', async () => {
    const spec = { kind: 'interval', every: 1, unit: 'seconds', start: bench().clock.wall(), timezone: 'UTC' } as const;
    const { job, from } = await bench().job(definition, [spec]);
    await operations().jobs.pause(job.id, mei);
    bench().clock.advance(365 * 86_400_000);
    await operations().jobs.resume(job.id, mei, { onResume: 'last' });
    const entries = await bench().ledger(job.id);
    expect(entries).toMatchObject([
      { kind: 'gap', reason: 'paused', count: 365 * 86_400 - 1 },
      { kind: 'occurrence', dueAt: bench().clock.wall(), reason: null },
    ]);
    bench().clock.set(from);
  });

  test('lets what it runs wait while the present is closed', async () => {
    const from = bench().clock.wall();
    const blackouts = [{ from: from + 62 * minute, to: from + 90 * minute }];
    const { job } = await bench().job(definition, [tenMinutes({ blackouts })]);
    await operations().jobs.pause(job.id, mei, { onResume: 'all' });
    bench().clock.advance(65 * minute);
    await operations().jobs.resume(job.id, mei);
    const open = from + 90 * minute;
    expect(await bench().runs(job.id)).toMatchObject([
      { reason: 'blackout', availableAt: open },
      { reason: 'blackout', availableAt: open + 100 },
      { reason: 'blackout', availableAt: open + 200 },
    ]);
  });
});
