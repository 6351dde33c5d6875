import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { JobInput } from 'job-trigger-contract';
import { startTestPortal, type TestPortal } from './test-portal.ts';

let made = 0;
const script = (more: Partial<JobInput> = {}): JobInput => ({
  name: `job ${(made += 1)}`,
  type: 'script',
  config: { script: 'hello.sh' },
  ...more,
});

describe.each(['SQLite', 'PostgreSQL'] as const)('on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
  });
  afterAll(() => portal.close());

  const post = async (path: string, body: unknown, key?: string) => {
    const answer = await portal.raw(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
    const replayed = answer.headers.get('idempotent-replayed');
    return { status: answer.status, replayed, body: (await answer.json()) as Record<string, unknown> };
  };

  describe('a request under an Idempotency-Key (R-248)', () => {
    test('creates one job; the repeat is answered 200 with the same job', async () => {
      const body = script();
      const first = await post('/api/jobs', body, 'create-1');
      const second = await post('/api/jobs', body, 'create-1');
      expect([first.status, first.replayed, second.status, second.replayed]).toEqual([201, null, 200, 'true']);
      expect(second.body).toEqual(first.body);
    });

    test('makes one run, one retry and one draft run', async () => {
      const { id } = await portal.client.createJob({ body: script() });
      const first = await post(`/api/jobs/${id}/run`, {}, 'run-1');
      const second = await post(`/api/jobs/${id}/run`, {}, 'run-1');
      expect([first.status, second.status, second.replayed]).toEqual([202, 200, 'true']);
      expect(second.body).toEqual(first.body);
      const run = String(first.body['run_id']);
      await portal.client.cancelRun({ params: { id: run } });
      const again = await post(`/api/runs/${run}/retry`, {}, 'run-1');
      expect([again.status, again.replayed]).toEqual([202, null]);
      expect((await post(`/api/runs/${run}/retry`, {}, 'run-1')).body).toEqual(again.body);
      const draft = await post('/api/jobs/draft/run', script({ name: 'same' }), 'run-1');
      expect((await post('/api/jobs/draft/run', script({ name: 'same' }), 'run-1')).body).toEqual(draft.body);
      expect((await portal.client.listRuns({ query: { job_id: id } })).items).toHaveLength(2);
    });

    test.each([
      ['another body', 'create-2', (body: JobInput) => ({ ...body, description: 'x' })],
      ['300 characters', 'k'.repeat(300), (body: JobInput) => body],
      ['a space inside', 'a b', (body: JobInput) => body],
    ])('with %s is refused, naming the header (SEC-C17)', async (_, key, change) => {
      const body = script();
      if (key === 'create-2') await post('/api/jobs', body, key);
      const before = await portal.store.jobs.count({});
      const refused = await post('/api/jobs', change(body), key);
      expect([refused.status, refused.body['code']]).toEqual([422, 'invalid']);
      expect(JSON.stringify(refused.body['errors'])).toMatch(/idempotency-key/i);
      expect(await portal.store.jobs.count({})).toBe(before);
    });

    test('at once fifty times: one job, 49 repeats of its answer', async () => {
      const body = script();
      const answers = await Promise.all(Array.from({ length: 50 }, () => post('/api/jobs', body, 'create-3')));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status, replayed }) => status === 200 && replayed === 'true')).toHaveLength(49);
      expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
    });

    test('stands in the OpenAPI document of the paths that take it, and of no others', async () => {
      const document = (await (await portal.raw('/api/openapi.json')).json()) as {
        paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
      };
      const taking = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, { parameters }]) => parameters?.some(({ name }) => name === 'idempotency-key'))
          .map(([method]) => `${method} ${path}`),
      );
      expect(taking.toSorted()).toEqual([
        'post /api/jobs',
        'post /api/jobs/draft/run',
        'post /api/jobs/{id}/backfill',
        'post /api/jobs/{id}/run',
        'post /api/runs/{id}/retry',
      ]);
    });
  });

  describe('a draft run', () => {
    test('is seen by its id and in the list of runs, and its job nowhere', async () => {
      const before = await portal.client.listJobs({ query: { total: 'true' } });
      const { run_id } = await portal.client.runDraft({
        body: {
          ...script({ name: 'tried', parameters: [{ name: 'level', type: 'integer' }] }),
          values: { level: '3' },
        },
      });
      const params = { id: run_id };
      const run = await portal.client.getRun({ params });
      expect(run).toMatchObject({
        state: 'queued',
        draft: true,
        trigger: 'manual',
        job_name: 'tried',
        parameters: { level: 3 },
      });
      expect(run.why).toBe('Draft run of an unsaved job: Mei tried it.');
      expect((await portal.client.listRuns({ query: { limit: 1 } })).items).toMatchObject([
        { id: run_id, draft: true },
      ]);
      expect((await portal.client.listJobs({ query: { total: 'true' } })).total).toBe(before.total);
      expect((await portal.client.listJobs({ query: { deleted: 'true' } })).items).toEqual([]);
      expect((await portal.raw(`/api/jobs/${run.job_id}`)).status).toBe(404);
      const { items } = await portal.client.listEvents({ query: { kind: 'job.tried' } });
      expect(items[0]).toMatchObject({ text: 'tried was tried unsaved by Mei.', job_id: null, run_id });
      await portal.client.cancelRun({ params });
      expect(await portal.client.getRun({ params })).toMatchObject({ state: 'cancelled' });
      const retried = await portal.raw(`/api/runs/${run_id}/retry`, { method: 'POST' });
      expect(retried.status).toBe(409);
    });

    test('is refused with the field, as creating it would be', async () => {
      for (const [body, path] of [
        [script({ config: { script: '../x.sh' } }), 'config.script'],
        [{ ...script(), values: { none: 1 } }, 'parameters.none'],
        [{ type: 'script', config: { script: 'hello.sh' } }, 'name'],
      ] as const) {
        const refused = await post('/api/jobs/draft/run', body);
        expect([refused.status, JSON.stringify(refused.body['errors'])]).toEqual([422, expect.stringContaining(path)]);
      }
    });
  });
});
