import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Quotas } from '../model/quota.ts';
import { scheduleFromJson } from '../schedule/from-json.ts';
import { planDue } from '../engine/plan-due.ts';
import { defaultSettings } from '../model/settings.ts';
import { person } from '../testing/factories.ts';
import type { Actor } from './context.ts';
import type { NewJob } from './job-input.ts';
import { createOperations, type Operations } from './operations.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

/** So many schedules of a job, each at another minute of every hour. */
const hourly = (times: number): NewJob['schedules'] =>
  Array.from({ length: times }, (_, minute) => ({
    spec: scheduleFromJson({ kind: 'cron', expression: `${minute} * * * *` }, { timezone: 'UTC' }),
  }));

describe.each(['SQLite', 'PostgreSQL'] as const)('what one person may hold, on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  /** Somebody new, and operations under these quotas; 0 is no limit. */
  async function given(quotas: Partial<Quotas>): Promise<{ readonly who: Actor; readonly operations: Operations }> {
    const somebody = person();
    await home.store.people.insert(somebody);
    const all = { jobs: 0, schedules: 0, waiting_runs: 0, ...quotas };
    return {
      who: { personId: somebody.id, name: somebody.name, via: 'api' },
      operations: createOperations({ ...home.context, quotas: all }),
    };
  }

  test('jobs beyond the quota are refused with what to do, whichever key asks, and nothing is half done (SEC-J2)', async () => {
    const { who, operations } = await given({ jobs: 2 });
    const [first] = [
      await operations.jobs.create(script(), { ...who, keyId: 1 }),
      await operations.jobs.create(script(), who),
    ];
    const refused = await refusal(operations.jobs.create(script({ name: 'too much' }), { ...who, keyId: 2 }));
    expect(refused).toMatchObject({
      code: 'quota_reached',
      details: { quota: 'quota.jobs', most: 2, held: 2, wanted: 1 },
      message: expect.stringContaining('Delete some, or ask an administrator to raise quota.jobs.'),
    });
    expect((await home.store.jobs.list({ search: 'too much' }, 'name', false, { limit: 1 })).items).toEqual([]);
    expect(await operations.limits.useOf(who.personId ?? 0)).toMatchObject([
      { kind: 'jobs', held: 2, most: 2 },
      { kind: 'schedules', held: 0, most: null },
      { kind: 'waiting_runs', held: 0, most: null },
    ]);
    await operations.jobs.remove(first.job.id, who);
    await operations.jobs.create(script(), who);
    expect((await refusal(operations.jobs.restore(first.job.id, who))).code).toBe('quota_reached');
    await operations.jobs.create(script(), mei);
  });

  test('a hundred thousand schedules are stopped at the quota, made with a job or added to one (SEC-J2)', async () => {
    const { who, operations } = await given({ schedules: 50 });
    let made = 0;
    for (let job = 0; job < 100_000 / 20; job += 1) {
      const work = operations.jobs.create(script({ schedules: hourly(20) }), who);
      const isRefused = await work.then(
        () => false,
        () => true,
      );
      if (isRefused) break;
      made += 1;
    }
    expect(made).toBe(2);
    const { job } = await operations.jobs.create(script({ schedules: hourly(5) }), who);
    const more = operations.jobs.change(job.id, { schedules: hourly(11) }, who, null);
    expect(await refusal(more)).toMatchObject({ code: 'quota_reached', details: { held: 45, wanted: 6 } });
    expect(await home.store.schedules.ofJob(job.id)).toHaveLength(5);
    await operations.jobs.change(job.id, { schedules: hourly(10) }, who, null);
    await operations.jobs.change(job.id, { schedules: hourly(3) }, who, null);
    expect((await operations.limits.useOf(who.personId ?? 0))[1]).toMatchObject({ held: 43, most: 50 });
  });

  test('a million runs asked for are stopped at the quota, by hand, hook, draft and backfill alike (SEC-J2)', async () => {
    const { who, operations } = await given({ waiting_runs: 6 });
    const { jobs, runs, hooks, limits } = operations;
    const { job } = await jobs.create(script({ overlap: 'allow', maxConcurrent: null }), who);
    const { items: before } = await home.store.events.list({ jobId: job.id }, { limit: 100 });
    let made = 0;
    for (; made < 1_000_000; made += 1) {
      const refused = await runs.start(job.id, {}, who).then(
        () => null,
        (error: unknown) => error,
      );
      if (refused === null) continue;
      expect(refused).toMatchObject({ code: 'quota_reached', details: { quota: 'quota.waiting_runs', held: 6 } });
      break;
    }
    expect(made).toBe(6);
    const asked: Actor = { personId: null, name: 'Hook push', via: 'hook' };
    const { hook } = await hooks.create(job.id, { name: 'push', kind: 'signed' }, who);
    const message = { id: null, raw: new Uint8Array(), fields: {} };
    for (const work of [
      () => runs.start(job.id, {}, asked),
      () => hooks.receive(hook, message, () => undefined),
      () => runs.tryDraft(script(), {}, who),
      () => jobs.create(script({ runOnCreate: true }), who),
    ])
      expect((await refusal(work())).code).toBe('quota_reached');
    expect(await runs.list({ jobId: job.id }, { limit: 100 })).toMatchObject({ items: { length: 6 } });
    // What is refused for a quota leaves no event: a flood of them would be the next one.
    const { items: after } = await home.store.events.list({ jobId: job.id }, { limit: 100 });
    expect(after.length - before.length).toBe(1);
    expect((await limits.useOf(who.personId ?? 0))[2]).toMatchObject({ held: 6, most: 6 });
    const waiting = (await runs.list({ jobId: job.id }, { limit: 100 })).items;
    await runs.cancel(waiting[0] ?? { id: 0, createdAt: 0 }, who);
    await runs.start(job.id, {}, who);
    // Others have room of their own, also in a queue that is full for one.
    const other = await given({ waiting_runs: 6 });
    const theirs = await other.operations.jobs.create(script(), other.who);
    await other.operations.runs.start(theirs.job.id, {}, other.who);
    for (const run of await home.store.runs.waiting(100)) await runs.cancel(run, mei);
  });

  test('a backfill that does not fit is refused as a whole, and runs of schedules are never refused (SEC-J2)', async () => {
    const { who, operations } = await given({ waiting_runs: 6 });
    const { job } = await operations.jobs.create(
      script({ schedules: hourly(1), overlap: 'allow', maxConcurrent: null }),
      who,
    );
    const to = home.clock.wall();
    const span = (hours: number) => ({ from: to - hours * 3_600_000 + 1, to });
    expect(await refusal(operations.runs.backfill(job.id, span(10), who))).toMatchObject({
      code: 'quota_reached',
      details: { wanted: 10, held: 0, most: 6 },
    });
    expect(await operations.runs.backfill(job.id, { ...span(10), dryRun: true }, who)).toMatchObject({ count: 10 });
    expect(await operations.runs.backfill(job.id, span(6), who)).toMatchObject({ count: 6 });
    home.clock.advance(3_600_000);
    await planDue({ store: home.store, settings: defaultSettings }, job.id);
    expect((await home.store.runs.waiting(100)).map(({ trigger }) => trigger)).toContain('schedule');
    for (const run of await home.store.runs.waiting(100)) await operations.runs.cancel(run, mei);
  });
});
