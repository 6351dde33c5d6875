import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Store } from '../store/store.ts';
import { manualClockStart, type ManualClock } from '../testing/index.ts';
import type { OperationContext } from './context.ts';
import type { JobChange, NewJob } from './job-input.ts';
import { jobOperations } from './jobs.ts';
import { pauseOperations } from './pauses.ts';
import { runOperations } from './runs.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const page = { limit: 50 };
const hourly = (minute: number) => ({ spec: { kind: 'hourly', minute, timezone: 'UTC' } }) as const;

describe.each(['SQLite', 'PostgreSQL'] as const)('operations on %s', (database) => {
  let home: TestInstallation;
  let store: Store;
  let clock: ManualClock;
  let context: OperationContext;

  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    ({ store, clock, context } = home);
    writeFileSync(join(home.dataDir, 'outside.sh'), 'echo outside\n');
    symlinkSync(join(home.dataDir, 'outside.sh'), join(home.scriptsDir, 'link.sh'));
  });
  afterAll(() => home.close());

  const jobs = (): ReturnType<typeof jobOperations> => jobOperations(context);
  const runs = (): ReturnType<typeof runOperations> => runOperations(context);

  test('a created job has its defaults, its next instant, and version 1', async () => {
    const created = await jobs().create(script({ schedules: [hourly(30)], retry: {} }), mei);
    expect(created.job).toMatchObject({ version: 1, active: true });
    expect(created.job.definition).toMatchObject({
      overlap: 'skip',
      maxConcurrent: 1,
      priority: 'medium',
      retry: { maxAttempts: 3, strategy: 'fixed', delaySeconds: 300 },
    });
    expect(created.nextDueAt).toBeGreaterThan(manualClockStart);
    expect((await jobs().versions(created.job.id, page)).items).toMatchObject([{ version: 1, author: 'mei' }]);
  });

  test('a name is taken once, whatever its way in', async () => {
    const { job } = await jobs().create(script({ name: 'unique' }), mei);
    expect((await refusal(jobs().create(script({ name: 'unique' }), mei))).code).toBe('name_taken');
    await jobs().remove(job.id, mei);
    await expect(jobs().create(script({ name: 'unique' }), mei)).resolves.toBeDefined();
  });

  test.each([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a\u202eb' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: ' a' }, 'name'],
    [{ config: {} }, 'config.script'],
    [{ config: { script: '../../etc/passwd' } }, 'config.script'],
    [{ config: { script: '/etc/passwd' } }, 'config.script'],
    [{ config: { script: 'link.sh' } }, 'config.script'],
    [{ config: { script: 'missing.sh' } }, 'config.script'],
    [{ config: { script: 'hello.sh\0' } }, 'config.script'],
    [{ config: { script: 'hello.sh', args: 5 } }, 'config.args'],
    [{ config: { script: 'hello.sh', args: "'open" } }, 'config.args'],
    [{ config: { script: 'hello.sh', args: ['a\0b'] } }, 'config.args.0'],
    [{ config: { script: 'hello.sh', env: { JTP_RUN_ID: 'x' } } }, 'config.env.JTP_RUN_ID'],
    [{ config: { script: 'hello.sh', env: { 'A=B': 'x' } } }, 'config.env.A=B'],
    [{ config: { script: 'hello.sh', workingDir: '..' } }, 'config.working_dir'],
    [{ type: 'command', config: { argv: ['ls'] } }, 'type'],
    [{ type: 'shell', config: {} }, 'type'],
    [{ type: 'http', config: { url: 'file:///etc/passwd' } }, 'config.url'],
    [{ type: 'http', config: { url: 'http://127.0.0.1/' } }, 'config.url'],
    [{ type: 'http', config: { url: 'http://169.254.169.254/' } }, 'config.url'],
    [{ type: 'http', config: { url: 'https://example.com/', headers: { Host: 'x' } } }, 'config.headers.Host'],
    [{ timeoutSeconds: 0 }, 'timeout_seconds'],
    [{ timeoutSeconds: 1e9 }, 'timeout_seconds'],
    [{ killGraceSeconds: -1 }, 'kill_grace_seconds'],
    [{ maxConcurrent: null }, 'max_concurrent'],
    [{ maxConcurrent: 3 }, 'max_concurrent'],
    [{ maxConcurrent: -1, overlap: 'allow' }, 'max_concurrent'],
    [{ tags: ['a', 'a'] }, 'tags'],
    [{ tags: ['<script>'] }, 'tags.0'],
    [{ queue: '' }, 'queue'],
    [{ retry: { maxAttempts: 1e9 } }, 'retry.max_attempts'],
    [{ retry: { strategy: 'custom' } }, 'retry.delays_seconds'],
    [{ catchUp: { max: 0 } }, 'catch_up.max'],
    [{ maxRuns: 0 }, 'max_runs'],
    [{ parameters: [{ name: '1st' }] }, 'parameters.0.name'],
    [{ parameters: [{ name: 'n', type: 'integer', default: 'x' }] }, 'parameters.0.default'],
    [{ schedules: [{ spec: { kind: 'daily', times: ['25:99'], timezone: 'UTC' } }] }, 'schedules.0.times.0'],
    [
      { schedules: [hourly(0), { spec: { kind: 'cron', expression: '0 0 30 2 *', timezone: 'UTC' } }] },
      'schedules.1.expression',
    ],
    [{ schedules: [{ spec: { kind: 'hourly', minute: 0, timezone: 'Mars/X' } }] }, 'schedules.0.timezone'],
  ] as readonly (readonly [Partial<NewJob>, string])[])(
    '%j is refused at %s and changes nothing',
    async (input, path) => {
      const before = await store.jobs.count({});
      const error = await refusal(jobs().create(script(input), mei));
      expect(error.fields.map((field) => field.path)).toContain(path);
      expect(await store.jobs.count({})).toBe(before);
    },
  );

  test('everything that is wrong is told at once', async () => {
    const error = await refusal(
      jobs().create(script({ name: '', timeoutSeconds: 0, config: { script: 'missing.sh' } }), mei),
    );
    expect(error.fields.map((field) => field.path)).toEqual(['name', 'config.script', 'timeout_seconds']);
  });

  test('in a change an absent field stays and null clears', async () => {
    const { job } = await jobs().create(
      script({ description: 'text', timeoutSeconds: 60, schedules: [hourly(5)] }),
      mei,
    );
    const changed = await jobs().change(job.id, { description: null }, mei, null);
    expect(changed.job.definition).toMatchObject({
      description: null,
      timeoutSeconds: 60,
      config: { script: 'hello.sh' },
    });
    expect(changed.job.version).toBe(2);
    expect(changed.schedules).toHaveLength(1);
  });

  test('a changed schedule keeps its identity, and the answer carries its new instant', async () => {
    const { job, schedules } = await jobs().create(script({ schedules: [hourly(5)] }), mei);
    const changed = await jobs().change(job.id, { schedules: [hourly(45)] }, mei, 1);
    expect(changed.schedules.map((schedule) => schedule.id)).toEqual(schedules.map((schedule) => schedule.id));
    expect(changed.schedules[0]?.revision).toBe(2);
    expect(new Date(changed.nextDueAt ?? 0).getUTCMinutes()).toBe(45);
  });

  test('who saves second is told, and loses nothing', async () => {
    const { job } = await jobs().create(script(), mei);
    const change = (timeoutSeconds: number): JobChange => ({ timeoutSeconds });
    const outcomes = await Promise.allSettled([
      jobs().change(job.id, change(10), mei, 1),
      jobs().change(job.id, change(20), mei, 1),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    const error = await refusal(jobs().change(job.id, change(30), mei, 1));
    expect(error).toMatchObject({ code: 'edit_conflict', details: { version: 2 } });
  });

  test('a pause ends in one counted gap, and instants count from the resumption', async () => {
    const { job, schedules } = await jobs().create(
      script({ schedules: [{ spec: { kind: 'interval', every: 10, unit: 'minutes', timezone: 'UTC' } }] }),
      mei,
    );
    const paused = await pauseOperations(context).pause(job.id, mei, { reason: 'vendor outage' });
    expect(paused).toMatchObject({
      nextDueAt: null,
      job: { active: false, pausedBy: 'mei', pausedReason: 'vendor outage' },
    });
    expect((await refusal(pauseOperations(context).pause(job.id, mei))).code).toBe('already_paused');
    clock.advance(65 * 60_000);
    const resumed = await pauseOperations(context).resume(job.id, mei);
    expect(resumed.nextDueAt).toBeGreaterThan(clock.wall());
    expect((await refusal(pauseOperations(context).resume(job.id, mei))).code).toBe('not_paused');
    const ledger = await jobs().occurrences(job.id, page);
    expect(ledger.items).toMatchObject([{ kind: 'gap', reason: 'paused', count: 6, scheduleId: schedules[0]?.id }]);
  });

  test('a job that has had all its runs names nothing more, however it is changed; a higher limit lets it go on', async () => {
    const { job } = await jobs().create(script({ maxRuns: 1, schedules: [hourly(30)] }), mei);
    await store.jobs.countAutomaticRuns(job.id, 1);
    const next = async (): Promise<number | null> => (await store.jobs.summary(job.id))?.nextDueAt ?? null;
    await jobs().change(job.id, { schedules: [hourly(40)] }, mei, null);
    expect(await next()).toBeNull();
    await pauseOperations(context).pause(job.id, mei);
    await pauseOperations(context).resume(job.id, mei);
    expect(await next()).toBeNull();
    await jobs().change(job.id, { maxRuns: 2 }, mei, null);
    expect(await next()).not.toBeNull();
  });

  test('run-now makes one run and leaves the next instant alone', async () => {
    const { job, nextDueAt } = await jobs().create(script({ schedules: [hourly(30)] }), mei);
    const reference = await runs().start(job.id, { note: 'by hand' }, mei);
    expect((await runs().get(reference)).run).toMatchObject({
      state: 'queued',
      trigger: 'manual',
      note: 'by hand',
      requestedBy: 'mei',
    });
    expect((await jobs().get(job.id)).nextDueAt).toBe(nextDueAt);
    expect((await refusal(runs().start(job.id, {}, mei))).code).toBe('already_running');
  });

  test('a paused job runs only when that is asked for', async () => {
    const { job } = await jobs().create(script({ active: false }), mei);
    expect((await refusal(runs().start(job.id, {}, mei))).code).toBe('job_inactive');
    await expect(runs().start(job.id, { allowInactive: true }, mei)).resolves.toBeDefined();
  });

  test('queue_one: the newest waits, an older waiting run is superseded', async () => {
    const { job } = await jobs().create(script({ overlap: 'queue_one' }), mei);
    const first = await runs().start(job.id, {}, mei);
    const second = await runs().start(job.id, {}, mei);
    expect((await runs().get(first)).run).toMatchObject({ state: 'cancelled', reason: 'superseded' });
    expect((await runs().get(second)).run.state).toBe('queued');
  });

  test('parameters are checked against what the job declares, and stored with the run', async () => {
    const { job } = await jobs().create(
      script({
        overlap: 'allow',
        maxConcurrent: null,
        parameters: [
          { name: 'level', type: 'integer', required: true },
          { name: 'mode', choices: ['fast', 'slow'], default: 'fast' },
        ],
      }),
      mei,
    );
    for (const [parameters, path] of [
      [{}, 'parameters.level'],
      [{ level: 'x' }, 'parameters.level'],
      [{ level: 1, mode: 'odd' }, 'parameters.mode'],
      [{ level: 1, extra: 1 }, 'parameters.extra'],
    ] as const) {
      expect((await refusal(runs().start(job.id, { parameters }, mei))).fields[0]?.path).toBe(path);
    }
    const reference = await runs().start(job.id, { parameters: { level: '9' } }, mei);
    expect((await runs().get(reference)).run.parameters).toEqual({ level: 9, mode: 'fast' });
  });

  test('a waiting run is cancelled at once, an ended one not again, and can be run again', async () => {
    const { job } = await jobs().create(script(), mei);
    const reference = await runs().start(job.id, {}, mei);
    expect((await refusal(runs().retry(reference, {}, mei))).code).toBe('run_not_retryable');
    await runs().cancel(reference, mei, 'wrong day');
    const { run } = await runs().get(reference);
    expect(run).toMatchObject({ state: 'cancelled', reason: 'cancel_requested' });
    expect(await runs().cancelRequest(run)).toEqual({
      at: run.endedAt,
      by: 'mei',
      note: 'wrong day',
      termAt: null,
      killAt: null,
    });
    expect((await refusal(runs().cancel(reference, mei))).code).toBe('run_not_cancellable');
    const again = await runs().retry(reference, {}, mei);
    expect((await runs().get(again)).run).toMatchObject({
      state: 'queued',
      trigger: 'retry',
      causeRunId: reference.id,
    });
  });

  test('a deleted job is hidden, its waiting run ends, and it can be brought back', async () => {
    const { job } = await jobs().create(script({ schedules: [hourly(30)] }), mei);
    const reference = await runs().start(job.id, {}, mei);
    await jobs().remove(job.id, mei);
    expect((await refusal(jobs().get(job.id))).code).toBe('not_found');
    expect((await runs().get(reference)).run).toMatchObject({ state: 'cancelled', reason: 'job_deleted' });
    expect(await jobs().restore(job.id, mei)).toMatchObject({
      nextDueAt: null,
      job: { active: false, deletedAt: null },
    });
    expect((await refusal(jobs().restore(job.id, mei))).code).toBe('conflict');
  });
});
