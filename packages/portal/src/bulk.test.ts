/** One act on many jobs or runs: each has its result, and nothing is left out. */
import type { Job } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const nobody = '019a0000-0000-7000-8000-00000000ffff';

describe.each(['SQLite', 'PostgreSQL'] as const)('many at once on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
  });
  afterAll(() => portal.close());

  let made = 0;
  const job = (tags: string[] = []): Promise<Job> =>
    portal.client.createJob({
      body: {
        name: `bulk ${(made += 1)}`,
        type: 'script',
        config: { script: 'hello.sh' },
        worker_labels: ['moon'],
        tags,
      },
    });
  const codes = (items: readonly { readonly code: string | null }[]) => items.map(({ code }) => code);

  test('of three with one that is nobody’s two are done, and the third is not found (R-053)', async () => {
    const [one, two] = [await job(), await job()];
    const ids = [one.id, nobody, two.id, one.id];
    const paused = await portal.client.bulkJobs({ body: { act: 'pause', ids, reason: 'move' } });
    expect(paused).toMatchObject({ done: 2, failed: 1, more: false });
    expect(codes(paused.items)).toEqual([null, 'not_found', null]);
    expect((await portal.client.getJob({ params: { id: two.id } })).paused?.reason).toBe('move');

    const again = await portal.client.bulkJobs({ body: { act: 'pause', ids: [one.id, 'nonsense'] } });
    expect(codes(again.items)).toEqual(['already_paused', 'not_found']);
    const resumed = await portal.client.bulkJobs({ body: { act: 'resume', ids: [one.id, two.id] } });
    expect(resumed.done).toBe(2);
  });

  test('runs, cancels and runs again, and says which run became of which', async () => {
    const jobs = [await job(), await job()];
    const started = await portal.client.bulkJobs({ body: { act: 'run', ids: jobs.map(({ id }) => id), note: 'all' } });
    const ids = started.items.flatMap(({ run_id }) => (run_id === null ? [] : [run_id]));
    expect(ids).toHaveLength(2);
    const twice = await portal.client.bulkJobs({ body: { act: 'run', ids: jobs.map(({ id }) => id) } });
    expect(codes(twice.items)).toEqual(['already_running', 'already_running']);

    const early = await portal.client.bulkRuns({ body: { act: 'retry', ids } });
    expect(codes(early.items)).toEqual(['run_not_retryable', 'run_not_retryable']);
    const cancelled = await portal.client.bulkRuns({ body: { act: 'cancel', ids: [...ids, nobody] } });
    expect(codes(cancelled.items)).toEqual([null, null, 'not_found']);
    const again = await portal.client.bulkRuns({ body: { act: 'retry', ids } });
    expect(again).toMatchObject({ done: 2, failed: 0 });
    const { run_id } = again.items[0] ?? {};
    expect((await portal.client.getRun({ params: { id: run_id ?? '' } })).cause_run_id).toBe(ids[0]);
  });

  test('a filter takes what the list shows; asked dry it does nothing', async () => {
    const tagged = [await job(['old']), await job(['old'])];
    const names = tagged.map(({ name }) => name);
    const filter = { tag: 'old' };
    const dry = await portal.client.bulkJobs({ body: { act: 'delete', filter, dry_run: true } });
    expect(new Set(dry.items.map(({ name }) => name))).toEqual(new Set(names));
    expect((await portal.client.getJob({ params: { id: tagged[0]?.id ?? '' } })).deleted_at).toBeNull();
    expect(await portal.client.bulkJobs({ body: { act: 'delete', filter } })).toMatchObject({ done: 2, failed: 0 });
    expect((await portal.client.bulkJobs({ body: { act: 'delete', filter } })).items).toEqual([]);
    expect(await portal.client.bulkJobs({ body: { act: 'restore', filter } })).toMatchObject({ done: 2 });

    const { run_id } = await portal.client.runJob({
      params: { id: tagged[0]?.id ?? '' },
      body: { allow_inactive: true },
    });
    const waiting = { job_id: tagged[0]?.id ?? '', state: 'queued' };
    const cancelled = await portal.client.bulkRuns({ body: { act: 'cancel', filter: waiting } });
    expect(cancelled.items.map(({ id }) => id)).toEqual([run_id]);
  });

  test('neither ids nor a filter, or both, is refused, and so are more than 500', async () => {
    const one = await job();
    for (const body of [{ act: 'pause' as const }, { act: 'pause' as const, ids: [one.id], filter: {} }])
      await expect(portal.client.bulkJobs({ body })).rejects.toMatchObject({ code: 'invalid', status: 422 });
    const ids = Array.from({ length: 501 }, () => one.id);
    await expect(portal.client.bulkJobs({ body: { act: 'pause', ids } })).rejects.toMatchObject({ status: 422 });
  });
});
