import { beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { JobTriggerError } from '../errors.ts';
import type { BlackoutContent, CalendarContent } from '../model/calendar.ts';
import { toUuid } from '../model/id.ts';
import { formatInstant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Actor } from '../operations/context.ts';
import { type Operations } from '../operations/operations.ts';
import { waitingReason } from '../policy/waiting.ts';
import { nobody, resolveSpec } from '../schedule/resolve.ts';
import * as factories from '../testing/factories.ts';
import { planBatch, stepOf } from './plan-batch.ts';
import { benchOf, type Place } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';

const minute = 60_000;
const hour = 60 * minute;
const mei: Actor = { personId: null, name: 'mei', via: 'library' };
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('calendars on %s', (_, place) => {
  const bench = benchOf(place);
  const operations = (): Operations => operationsOf(bench());
  const halfHours = (): ScheduleSpec => ({
    kind: 'interval',
    every: 30,
    unit: 'minutes',
    start: bench().clock.wall(),
    timezone: 'UTC',
  });
  const daily: ScheduleSpec = { kind: 'daily', times: ['09:00'], timezone: 'UTC' };
  const anything = { overlap: 'allow', maxConcurrent: null } as const;
  let made = 0;
  const given = async (content: CalendarContent): Promise<string> => {
    const { calendar } = await operations().calendars.create({ name: `calendar ${(made += 1)}`, content }, mei);
    return toUuid(calendar);
  };
  const idOf = async (uuid: string): Promise<number> => {
    const found = (await operations().calendars.list()).find((calendar) => toUuid(calendar) === uuid);
    return found?.id ?? 0;
  };
  /** From half an hour after now for an hour, so that the instants at 30 and 60 minutes lie in it. */
  const window = (policy: BlackoutContent['policy'] = 'skip'): BlackoutContent => {
    const from = bench().clock.wall() + 20 * minute;
    return factories.blackout({ policy, ranges: [{ name: 'Release', from, to: from + hour }] });
  };
  const dayText = (days: number): string => formatInstant(bench().clock.wall() + days * 24 * hour).slice(0, 10);
  const nextDue = async (id: number): Promise<number | null> =>
    (await bench().store.schedules.get(id))?.nextDueAt ?? null;

  /** A job whose schedule attaches the calendar. */
  const attached = async (spec: ScheduleSpec, uuid: string) => {
    const calendar = await bench().store.calendars.get(await idOf(uuid));
    const resolved = resolveSpec({ ...spec, calendars: [uuid] }, calendar === null ? [] : [calendar], nobody);
    const { job, schedules, from } = await bench().job(anything, [resolved]);
    const [schedule] = schedules;
    if (schedule === undefined) throw new Error('The job has no schedule.');
    return { job, schedule, from };
  };
  beforeEach(() => bench().clock.set(Math.ceil(bench().clock.wall() / hour) * hour));

  test('an instant in a blackout is skipped and stands in the ledger with its reason', async () => {
    const { job, schedule, from } = await attached(halfHours(), await given(window()));
    expect(schedule.nextDueAt).toBe(from + 90 * minute);
    expect(schedule.planAt).toBe(from + 30 * minute);
    const scheduler = bench().scheduler();
    await bench().pass(2 * hour, 30 * minute, () => scheduler.tick());
    expect((await bench().runs(job.id)).map(({ dueAt }) => dueAt)).toEqual([from + 90 * minute, from + 120 * minute]);
    expect(await bench().ledger(job.id)).toMatchObject([
      { dueAt: from + 30 * minute, reason: 'blackout' },
      { dueAt: from + 60 * minute, reason: 'blackout' },
      { dueAt: from + 90 * minute, reason: null },
      { dueAt: from + 120 * minute, reason: null },
    ]);
  });

  test('a deferred instant keeps its due time, waits with the reason, and starts when the window ends', async () => {
    const { job, from } = await attached(halfHours(), await given(window('defer')));
    const { worker, stage } = await bench().worker();
    const scheduler = bench().scheduler();
    const end = from + 80 * minute;
    await bench().pass(30 * minute, 30 * minute, () => scheduler.tick());
    const [run] = await bench().runs(job.id);
    expect(run).toMatchObject({ dueAt: from + 30 * minute, availableAt: end, trigger: 'schedule', reason: 'blackout' });
    if (run === undefined) return;
    const facts = { now: bench().clock.wall(), workers: [], liveOfJob: 0, slots: null };
    expect(waitingReason({ run: { ...run, workerLabels: [] }, ...facts })).toBe('blackout');
    expect(await bench().ledger(job.id)).toMatchObject([{ dueAt: from + 30 * minute, reason: null, runId: run.id }]);
    await bench().done(worker.tick());
    expect(stage.acts).toHaveLength(0);
    bench().clock.set(end);
    await bench().done(worker.beat());
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    expect(stage.act(0).context.names).toMatchObject({ dueAt: from + 30 * minute });
    stage.act(0).end();
    await bench().done(worker.idle());
  });

  test('an instant noticed late is not missed while its blackout still defers it', async () => {
    const { job, from } = await attached(halfHours(), await given(window('defer')));
    bench().clock.advance(50 * minute);
    await bench().scheduler().tick();
    expect(await bench().runs(job.id)).toMatchObject([
      { dueAt: from + 30 * minute, trigger: 'schedule', availableAt: from + 80 * minute },
    ]);
  });

  test('a changed calendar moves the next instants at once, and says which jobs it moved', async () => {
    const calendar = await given(factories.holidays());
    const { job, schedule } = await attached(daily, calendar);
    const before = schedule.nextDueAt ?? 0;
    const holiday = { date: formatInstant(before).slice(0, 10), name: 'Fair' };
    const events = await bench().eventCount('calendar.changed');
    const effect = await operations().calendars.change(
      await idOf(calendar),
      { content: factories.holidays({ holidays: [holiday] }) },
      mei,
      1,
    );
    expect(effect).toMatchObject({
      affectedCount: 1,
      affected: [{ job: { id: job.id }, before, nextDueAt: before + 24 * hour }],
      calendar: { version: 2 },
    });
    expect(await nextDue(schedule.id)).toBe(before + 24 * hour);
    expect((await bench().store.schedules.get(schedule.id))?.planAt).toBe(before);
    expect(await bench().eventCount('calendar.changed')).toBe(events + 1);
  });

  test('a changed calendar moves what waits for it to open, and holds what waits already when it closes', async () => {
    const closed = (minutes: number): CalendarContent => {
      const now = bench().clock.wall();
      return factories.blackout({ ranges: [{ name: 'Release', from: now - hour, to: now + minutes * minute }] });
    };
    const uuid = await given(factories.blackout({ ranges: [{ name: 'Past', from: 1, to: 2 }] }));
    const { job } = await attached(halfHours(), uuid);
    const change = async (content: CalendarContent): Promise<void> => {
      await operations().calendars.change(await idOf(uuid), { content }, mei, null);
    };
    bench().clock.advance(3 * hour + 10 * minute);
    await bench().scheduler().tick();
    const run = async () => (await bench().runs(job.id)).find(({ trigger }) => trigger === 'catch_up');
    const now = bench().clock.wall();
    expect(await run()).toMatchObject({ availableAt: now, reason: null });
    await change(closed(60));
    expect(await run()).toMatchObject({ availableAt: now + hour, reason: 'blackout' });
    await change(closed(90));
    expect(await run()).toMatchObject({ availableAt: now + 90 * minute, reason: 'blackout' });
    const asked = await operations().runs.start(job.id, {}, mei);
    bench().clock.advance(10 * minute);
    await change(closed(-5));
    expect(await run()).toMatchObject({ availableAt: now + 10 * minute, reason: null });
    expect((await bench().read(asked)).availableAt).toBe(now);
  });

  test('a deferred instant starts with the new end of its blackout', async () => {
    const uuid = await given(window('defer'));
    const { job, from } = await attached(halfHours(), uuid);
    await bench().pass(30 * minute, 30 * minute, () => bench().scheduler().tick());
    const to = from + 50 * minute;
    const ranges = [{ name: 'Release', from: from + 20 * minute, to }];
    await operations().calendars.change(
      await idOf(uuid),
      { content: factories.blackout({ policy: 'defer', ranges }) },
      mei,
      null,
    );
    expect(await bench().runs(job.id)).toMatchObject([{ availableAt: to, reason: 'blackout' }]);
    await operations().calendars.remove(await idOf(uuid), mei, { force: true });
    expect(await bench().runs(job.id)).toMatchObject([{ availableAt: bench().clock.wall(), reason: null }]);
  });

  test('a rolled instant is planned where it landed, and a planner with the old calendar finds its revision gone', async () => {
    const calendar = await given(factories.holidays({ workingWeekdays: [1, 2, 3, 4, 5, 6, 7] }));
    const { job, schedule } = await attached({ ...daily, holidayPolicy: 'next' }, calendar);
    const before = schedule.planAt ?? 0;
    bench().clock.set(before);
    const facts = { now: before, toleranceMs: 30_000, limit: 100, clockGap: null, carried: new Map() };
    const due = { job, schedules: await bench().store.schedules.ofJob(job.id) };
    const old = stepOf(due, facts);
    const holidays = [0, 1].map((days) => ({ date: dayText(days), name: 'Fair' }));
    await operations().calendars.change(
      await idOf(calendar),
      { content: factories.holidays({ workingWeekdays: [1, 2, 3, 4, 5, 6, 7], holidays }) },
      mei,
      null,
    );
    const ids = await bench().store.ids(1);
    const planned = await planBatch(bench().store, [old], { now: before, ids, drain: () => before });
    expect(planned.moved).toEqual([]);
    expect((await bench().store.schedules.get(schedule.id))?.planAt).toBe(before + 48 * hour);
    const scheduler = bench().scheduler();
    await bench().pass(48 * hour, 12 * hour, () => scheduler.tick());
    expect((await bench().runs(job.id)).map(({ dueAt }) => dueAt)).toEqual([before + 48 * hour]);
    const span = { after: before, until: bench().clock.wall() };
    const now = await bench().store.schedules.get(schedule.id);
    expect(now === null ? [] : await bench().ledgerFaults(now, span)).toEqual([]);
  });

  test('a calendar in use is not deleted unless that is meant, and then counts no longer', async () => {
    const calendar = await given(factories.holidays({ holidays: [{ date: dayText(1), name: 'Fair' }] }));
    const { job, schedule } = await attached(daily, calendar);
    const id = await idOf(calendar);
    const refused: unknown = await operations()
      .calendars.remove(id, mei)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(JobTriggerError);
    expect(refused).toMatchObject({ code: 'calendar_in_use', details: { used_by: [{ job_id: toUuid(job) }] } });
    expect((await operations().calendars.get(id)).usedBy).toMatchObject([{ id: job.id, schedules: 1 }]);
    await operations().calendars.remove(id, mei, { force: true });
    const after = await bench().store.schedules.get(schedule.id);
    expect(after?.spec).toEqual(daily);
    expect(after?.nextDueAt).toBe(after?.planAt);
  });

  test('a blackout for a tag counts for its jobs when it comes, when the tag comes, and no longer when it goes', async () => {
    const tag = `tag-${(made += 1)}`;
    const { job, schedules } = await bench().job({ ...anything, tags: [tag] }, [halfHours()]);
    const other = await bench().job(
      {
        ...anything,
        type: 'http',
        config: { method: 'GET', url: 'https://example.com', headers: {}, body: null, expectedStatus: null },
      },
      [halfHours()],
    );
    const [mine, others] = [schedules[0]?.id ?? 0, other.schedules[0]?.id ?? 0];
    const start = bench().clock.wall();
    const { calendar, affected } = await operations().calendars.create(
      { name: `calendar ${(made += 1)}`, content: { ...window(), scope: { kind: 'tags', tags: [tag] } } },
      mei,
    );
    expect(affected).toMatchObject([{ job: { id: job.id }, nextDueAt: start + 90 * minute }]);
    expect(await nextDue(mine)).toBe(start + 90 * minute);
    expect(await nextDue(others)).toBe(start + 30 * minute);
    await operations().jobs.change(other.job.id, { tags: [tag] }, mei, null);
    expect(await nextDue(others)).toBe(start + 90 * minute);
    await operations().calendars.remove(calendar.id, mei);
    expect([await nextDue(mine), await nextDue(others)]).toEqual([start + 30 * minute, start + 30 * minute]);
  });

  test('a job that names a calendar that is not there is refused, at the field', async () => {
    const { job } = await bench().job(anything, []);
    const nothing = toUuid({ id: 999_999_999, createdAt: 1 });
    const saved = operations().jobs.change(
      job.id,
      {
        type: 'http',
        config: { url: 'https://example.com' },
        schedules: [{ spec: { ...daily, calendars: [nothing] } }],
      },
      mei,
      null,
    );
    await expect(saved).rejects.toMatchObject({
      code: 'schedule_invalid',
      details: { fields: [{ path: 'schedules.0.calendars.0' }] },
    });
  });

  test('a calendar that makes no sense is refused, naming every field', async () => {
    const content = factories.blackout({
      timezone: 'Mars/X',
      ranges: [{ name: 'x', from: 2, to: 1 }],
      weekly: [{ name: 'x', weekdays: [], from: '25:00', to: '01:00' }],
      yearly: [{ name: 'x', from: '13-01T00:00', to: '01-01T00:00' }],
      scope: { kind: 'tags', tags: [] },
    });
    const created = operations().calendars.create({ name: ' ', content }, mei);
    await expect(created).rejects.toMatchObject({
      code: 'invalid',
      details: {
        fields: [
          'name',
          'timezone',
          'ranges.0.to',
          'weekly.0.weekdays',
          'weekly.0.from',
          'yearly.0.from',
          'scope.tags',
        ].map((path) => expect.objectContaining({ path })),
      },
    });
  });
});
