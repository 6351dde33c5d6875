import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { toUuid } from '../model/id.ts';
import type { Once } from './once.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const dayMs = 86_400_000;

describe.each(['SQLite', 'PostgreSQL'] as const)('on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  describe('a draft run', () => {
    test('is a run like any other, of a job that is in no list, bin or count', async () => {
      const { operations, store } = home;
      const [living, binned] = [await store.jobs.count({}), await store.jobs.count({ deleted: true })];
      const reference = await operations.runs.tryDraft(
        script({
          name: 'tried',
          schedules: [{ spec: { kind: 'hourly', minute: 5, timezone: 'UTC' } }],
          retry: { maxAttempts: 5 },
          onLost: 'rerun',
          parameters: [{ name: 'level', type: 'integer', required: true }],
        }),
        { parameters: { level: '9' }, note: 'first try' },
        mei,
      );
      const { run } = await operations.runs.get(reference);
      expect(run).toMatchObject({
        state: 'queued',
        trigger: 'manual',
        jobName: 'tried',
        jobVersion: 0,
        note: 'first try',
      });
      expect(run.parameters).toEqual({ level: 9 });
      const [loaded] = await store.dispatch.load([reference]);
      expect(loaded?.definition).toMatchObject({ retry: null, onLost: 'fail', config: { script: 'hello.sh' } });
      expect([await store.jobs.count({}), await store.jobs.count({ deleted: true })]).toEqual([living, binned]);
      expect((await store.jobs.list({ deleted: true }, 'name', false, { limit: 50 })).items).toEqual([]);
      expect(await store.schedules.ofJob(run.jobId)).toEqual([]);
      for (const ask of [
        () => operations.jobs.get(run.jobId),
        () => operations.jobs.restore(run.jobId, mei),
        () => operations.jobs.versions(run.jobId, { limit: 5 }),
        () => operations.jobs.change(run.jobId, { tags: ['x'] }, mei, null),
        () => operations.runs.start(run.jobId, { allowInactive: true }, mei),
      ])
        expect((await refusal(ask())).code).toBe('not_found');
    });

    test('takes no name, and may have one that is taken', async () => {
      const { operations } = home;
      const saved = await operations.jobs.create(script(), mei);
      const name = saved.job.definition.name;
      await operations.runs.tryDraft(script({ name }), {}, mei);
      await operations.runs.tryDraft(script({ name: 'free' }), {}, mei);
      await expect(operations.jobs.create(script({ name: 'free' }), mei)).resolves.toBeDefined();
      expect(await operations.jobs.get(saved.job.id)).toMatchObject({ queued: 0, runCount: 0 });
    });

    test.each([
      [{ config: { script: 'missing.sh' } }, {}, 'config.script'],
      [{ schedules: [{ spec: { kind: 'hourly', minute: 75, timezone: 'UTC' } }] }, {}, 'schedules.0.minute'],
      [{ retry: { maxAttempts: 0 } }, {}, 'retry.max_attempts'],
      [{}, { level: 1 }, 'parameters.level'],
    ] as const)('is refused as the job would be: %j with %j names %s', async (more, parameters, path) => {
      const { operations, store } = home;
      const before = await store.runs.countLive();
      const error = await refusal(operations.runs.tryDraft(script(more), { parameters }, mei));
      expect(error.fields.map((field) => field.path)).toContain(path);
      expect((await store.runs.countLive()).queued).toBe(before.queued);
    });

    test('is cancelled, and is not run again: only a saved job is', async () => {
      const { operations } = home;
      const reference = await operations.runs.tryDraft(script(), {}, mei);
      await operations.runs.cancel(reference, mei);
      expect((await operations.runs.get(reference)).run).toMatchObject({ state: 'cancelled' });
      expect((await refusal(operations.runs.retry(reference, {}, mei))).code).toBe('run_not_retryable');
    });

    test('counts nowhere as a run of the installation', async () => {
      const { operations, store, clock } = home;
      clock.advance(dayMs);
      const from = clock.wall();
      await operations.runs.cancel(await operations.runs.tryDraft(script(), {}, mei), mei);
      expect((await store.runs.counts(from, from + dayMs)).cancelled).toBe(0);
      const { job } = await operations.jobs.create(script(), mei);
      await operations.runs.cancel(await operations.runs.start(job.id, {}, mei), mei);
      expect((await store.runs.counts(from, from + dayMs)).cancelled).toBe(1);
    });
  });

  describe('a request under a key', () => {
    const once = (key: string, requestHash = 'same'): Once & { replays: number } => {
      const request = { key, scope: 'mei POST', requestHash, replays: 0, onReplay: () => void (request.replays += 1) };
      return request;
    };

    test('makes one job, and the repeat gets the first answer', async () => {
      const { operations, store } = home;
      const input = script();
      const first = await operations.jobs.create(input, mei, once('a'));
      await operations.jobs.change(first.job.id, { tags: ['later'] }, mei, 1);
      const repeat = once('a');
      expect(await operations.jobs.create(input, mei, repeat)).toEqual(first);
      expect(repeat.replays).toBe(1);
      expect(await store.jobs.count({ search: input.name })).toBe(1);
    });

    test('is answered as before even when it would not be acceptable now', async () => {
      const { operations, scriptsDir } = home;
      writeFileSync(join(scriptsDir, 'passing.sh'), 'true\n');
      const input = script({ config: { script: 'passing.sh' } });
      const first = await operations.runs.tryDraft(input, {}, mei, once('gone'));
      rmSync(join(scriptsDir, 'passing.sh'));
      expect(await operations.runs.tryDraft(input, {}, mei, once('gone'))).toEqual(first);
    });

    test('with another body is refused, naming the header, and has no effect', async () => {
      const { operations, store } = home;
      const { job } = await operations.jobs.create(script({ overlap: 'queue_all' }), mei);
      await operations.runs.start(job.id, {}, mei, once('b'));
      const error = await refusal(operations.runs.start(job.id, { note: 'x' }, mei, once('b', 'other')));
      expect(error).toMatchObject({ code: 'invalid', fields: [{ path: 'Idempotency-Key' }] });
      expect(await store.runs.live([job.id])).toHaveLength(1);
    });

    test('of another caller or at another path is another request', async () => {
      const { operations, store } = home;
      const { job } = await operations.jobs.create(script({ overlap: 'queue_all' }), mei);
      await operations.runs.start(job.id, {}, mei, once('c'));
      await operations.runs.start(job.id, {}, mei, { ...once('c'), scope: 'ann POST' });
      expect(await store.runs.live([job.id])).toHaveLength(2);
    });

    test('fifty at once have one effect and one answer (SEC-C17)', async () => {
      const { operations, store } = home;
      const { job } = await operations.jobs.create(script({ overlap: 'queue_all' }), mei);
      const requests = Array.from({ length: 50 }, () => once('d'));
      const answers = await Promise.all(requests.map((request) => operations.runs.start(job.id, {}, mei, request)));
      expect(new Set(answers.map(toUuid)).size).toBe(1);
      expect(requests.filter(({ replays }) => replays === 1)).toHaveLength(49);
      expect(await store.runs.live([job.id])).toHaveLength(1);
    });

    test('that failed leaves the key free', async () => {
      const { operations } = home;
      const { job } = await operations.jobs.create(script({ active: false }), mei);
      expect((await refusal(operations.runs.start(job.id, {}, mei, once('e')))).code).toBe('job_inactive');
      await operations.jobs.resume(job.id, mei);
      const request = once('e');
      const reference = await operations.runs.start(job.id, {}, mei, request);
      expect(request.replays).toBe(0);
      await operations.runs.cancel(reference, mei);
      const again = await operations.runs.retry(reference, {}, mei, once('f'));
      expect(await operations.runs.retry(reference, {}, mei, once('f'))).toEqual(again);
    });

    test('is forgotten after a day', async () => {
      const { operations, store, clock } = home;
      const { job } = await operations.jobs.create(script({ overlap: 'queue_all' }), mei);
      const first = await operations.runs.start(job.id, {}, mei, once('g'));
      clock.advance(dayMs + 1);
      await store.idempotency.prune(clock.wall() - dayMs);
      expect(await operations.runs.start(job.id, {}, mei, once('g'))).not.toEqual(first);
    });
  });
});
