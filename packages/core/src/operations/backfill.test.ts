import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Job } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { BackfillRequest } from './backfill.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const minute = 60_000;

describe.each(['SQLite', 'PostgreSQL'] as const)('a backfill on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  /** A job every ten minutes that was away for an hour, and the span of that hour. */
  async function given(rest: Partial<ScheduleSpec> = {}, input: Parameters<typeof script>[0] = {}) {
    const from = home.clock.wall();
    const spec = {
      kind: 'interval',
      every: 10,
      unit: 'minutes',
      start: from,
      timezone: 'UTC',
      ...rest,
    } as ScheduleSpec;
    const { job } = await home.operations.jobs.create(script({ schedules: [{ spec }], ...input }), mei);
    home.clock.advance(60 * minute);
    return { job, from, span: { from: from + 1, to: from + 60 * minute } };
  }
  const start = (job: Job, request: BackfillRequest) => home.operations.runs.backfill(job.id, request, mei);
  const runsOf = async (job: Job) =>
    (await home.store.runs.list({ jobId: job.id, triggers: ['backfill'] }, { limit: 500 })).items.toReversed();
  const endAll = async (job: Job): Promise<void> => {
    const ids = (await home.store.runs.live([job.id])).map(({ id }) => id);
    await home.store.runs.endWaiting(ids, { state: 'failed', reason: 'not_started', by: null });
  };

  test('makes as many runs as it counted before, oldest first, at its rate; the ledger stays as it was', async () => {
    const { job, from, span } = await given();
    const counted = await start(job, { ...span, dryRun: true });
    expect(counted).toMatchObject({ count: 6, createdAt: null, already: 0, refused: {} });
    expect(await runsOf(job)).toEqual([]);
    const made = await start(job, { ...span, rate: 0.5 });
    const runs = await runsOf(job);
    expect(runs.map(({ dueAt }) => ((dueAt ?? 0) - from) / minute)).toEqual([10, 20, 30, 40, 50, 60]);
    const now = home.clock.wall();
    expect(runs.map(({ availableAt }) => (availableAt ?? 0) - now)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
    expect(made).toMatchObject({
      count: 6,
      createdAt: now,
      firstDueAt: from + 10 * minute,
      lastAvailableAt: now + 10_000,
    });
    expect(runs[1]).toMatchObject({ trigger: 'backfill', requestedBy: 'mei', reason: 'rate_limit', state: 'queued' });
    expect((await home.operations.jobs.occurrences(job.id, { limit: 50 })).items).toEqual([]);
    const { items } = await home.store.events.list({ kinds: ['backfill.started'], jobId: job.id }, { limit: 5 });
    expect(items).toMatchObject([{ actor: 'mei', data: { count: 6 } }]);
  });

  test('newest first starts with the newest', async () => {
    const { job, from, span } = await given();
    await start(job, { ...span, order: 'newest' });
    expect((await runsOf(job)).map(({ dueAt }) => ((dueAt ?? 0) - from) / minute)).toEqual([60, 50, 40, 30, 20, 10]);
  });

  test('makes none for an instant whose run waits or succeeded, unless asked to for one that succeeded', async () => {
    const { job, span } = await given();
    const half = { from: span.from, to: span.from + 30 * minute };
    expect(await start(job, half)).toMatchObject({ count: 3 });
    expect(await start(job, { ...span, dryRun: true })).toMatchObject({ count: 3, already: 3 });
    expect(await start(job, { ...span, dryRun: true, again: true })).toMatchObject({ count: 3, already: 3 });
    await endAll(job);
    expect(await start(job, { ...span, dryRun: true })).toMatchObject({ count: 6, already: 0 });
  });

  test('leaves out what filters hold back at the instant, and says how many', async () => {
    const at = home.clock.wall();
    const blackouts = [{ from: at + 15 * minute, to: at + 35 * minute }];
    const { job, span } = await given({ blackouts });
    expect(await start(job, { ...span, dryRun: true })).toMatchObject({ count: 4, refused: { blackout: 2 } });
  });

  test('runs an instant that two schedules name once', async () => {
    const from = home.clock.wall();
    const spec = { kind: 'interval', every: 10, unit: 'minutes', start: from, timezone: 'UTC' } as const;
    const { job } = await home.operations.jobs.create(script({ schedules: [{ spec }, { spec }] }), mei);
    home.clock.advance(30 * minute);
    expect(await start(job, { from: from + 1, to: home.clock.wall(), dryRun: true })).toMatchObject({ count: 3 });
  });

  test('is bounded, and says how many there were', async () => {
    const { job, from } = await given({ every: 1, unit: 'seconds' });
    const error = await refusal(start(job, { from, to: from + 60 * minute }));
    expect(error).toMatchObject({ code: 'invalid', fields: [{ path: 'to' }] });
    expect(error.message).toContain('3,601 instants; at most 1,000');
    const cron = { kind: 'cron', expression: '* * * * *', timezone: 'UTC' } as const;
    const always = (await home.operations.jobs.create(script({ schedules: [{ spec: cron }] }), mei)).job;
    const year = await refusal(start(always, { from: from - 365 * 86_400_000, to: from }));
    expect(year.message).toContain('more than 50,000 instants');
  });

  test.each([
    ['before it begins', (now: number) => ({ from: now, to: now - 1 }), 'to'],
    ['in the future', (now: number) => ({ from: now, to: now + minute }), 'to'],
    ['of a schedule that is none of its', (now: number) => ({ from: now - 1, to: now, scheduleId: 1 }), 'schedule_id'],
  ])('is refused for a span that ends %s', async (_, spanOf, path) => {
    const { job } = await given();
    expect((await refusal(start(job, spanOf(home.clock.wall())))).fields).toMatchObject([{ path }]);
  });

  test('is refused while the job is paused, and that leaves an event', async () => {
    const { job, span } = await given();
    await home.operations.jobs.pause(job.id, mei);
    expect(await refusal(start(job, span))).toMatchObject({ code: 'job_inactive', details: { reason: 'paused' } });
    const { items } = await home.store.events.list({ kinds: ['trigger.refused'], jobId: job.id }, { limit: 5 });
    expect(items).toMatchObject([{ data: { trigger: 'backfill', reason: 'paused' } }]);
  });

  test('holds no scheduled run and no run by hand up while it waits', async () => {
    const { job, span } = await given({}, { overlap: 'skip' });
    await start(job, span);
    await expect(home.operations.runs.start(job.id, {}, mei)).resolves.toBeDefined();
    expect(await home.store.runs.live([job.id])).toHaveLength(7);
  });

  test('tells how far it is, and what waits of it can be cancelled', async () => {
    const { job, span } = await given();
    const first = await start(job, { from: span.from, to: span.from + 30 * minute });
    home.clock.advance(1000);
    const second = await start(job, span);
    const progress = (createdAt: number | null) => home.operations.runs.backfillProgress(job.id, createdAt);
    expect(await progress(first.createdAt)).toMatchObject({ waiting: 3, live: 0, cancelled: 0 });
    expect(await progress(null)).toMatchObject({ waiting: 6 });
    expect(await home.operations.runs.cancelBackfill(job.id, second.createdAt, mei)).toBe(3);
    expect(await progress(null)).toMatchObject({ waiting: 3, cancelled: 3 });
    expect(await home.operations.runs.cancelBackfill(job.id, null, mei)).toBe(3);
  });

  test('is carried out once under one key, however often it is asked', async () => {
    const { job, span } = await given();
    let replays = 0;
    const once = { key: `k${job.id}`, scope: 's', requestHash: 'h', onReplay: () => void (replays += 1) };
    const first = await home.operations.runs.backfill(job.id, span, mei, once);
    expect(await home.operations.runs.backfill(job.id, span, mei, once)).toEqual(first);
    expect([replays, (await runsOf(job)).length]).toEqual([1, 6]);
  });
});
