import { fromUuid, toUuid } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('workers over REST, on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
  });
  afterAll(() => portal.close());

  async function worker(): Promise<{
    readonly id: string;
    readonly holder: { workerId: number; incarnation: number };
  }> {
    const row = factories.worker({ createdAt: await portal.store.now() });
    await portal.store.workers.register(row);
    return { id: toUuid(row), holder: { workerId: row.id, incarnation: row.incarnation } };
  }
  const refused = async (work: Promise<unknown>): Promise<unknown> => {
    const error = (await work.then(
      () => null,
      (failure: unknown) => failure,
    )) as { readonly status: number; readonly problem: { readonly code: string } } | null;
    return error === null ? null : [error.status, error.problem.code];
  };

  test('one drains, is paused and takes runs again, and a waiting run says why it waits', async () => {
    const { id, holder } = await worker();
    const params = { id };
    const job = await portal.client.createJob({
      body: { name: `waits ${id}`, type: 'script', config: { script: 'hello.sh' } },
    });
    await portal.client.runJob({ params: { id: job.id }, body: {} });
    const why = async (): Promise<string | null | undefined> =>
      (await portal.client.queue()).items.find(({ run }) => run.job_id === job.id)?.run.reason;
    expect(await why()).toBe('next_in_line');
    expect(await portal.client.drainWorker({ params })).toMatchObject({ state: 'draining', paused_at: null });
    expect(await why()).toBe('workers_halted');
    expect((await portal.client.health()).checks?.['workers']).toMatchObject({ status: 'degraded' });
    expect(await portal.client.resumeWorker({ params })).toMatchObject({ state: 'online' });
    expect(await portal.client.pauseWorker({ params })).toMatchObject({ state: 'paused' });
    expect(await why()).toBe('workers_halted');
    expect(await portal.client.resumeWorker({ params })).toMatchObject({ state: 'online', paused_at: null });
    expect(await why()).toBe('next_in_line');
    await portal.store.workers.end(holder);
  });

  test('one that can start no processes says so, as long as its alert stands', async () => {
    const row = factories.worker({ createdAt: await portal.store.now() });
    await portal.store.workers.register(row);
    const [id = 0] = await portal.store.ids(1);
    const nobody = { jobId: null, jobCreatedAt: null, runId: null, runCreatedAt: null, fromAt: null, toAt: null };
    const words = { severity: 'error', title: 'Ill', text: 'It rests. spawn EAGAIN' } as const;
    const fingerprint = `worker_unhealthy:${row.name}`;
    await portal.store.alerts.raise([
      { id, kind: 'worker_unhealthy', fingerprint, ...nobody, ...words, count: 1, seen: 1 },
    ]);
    const told = async (): Promise<unknown> =>
      (await portal.client.listWorkers({ query: {} })).items.find(({ name }) => name === row.name)?.unhealthy;
    expect(await told()).toBe('It rests. spawn EAGAIN');
    await portal.store.alerts.resolve(id, 'Over.');
    expect(await told()).toBeNull();
    await portal.store.workers.end({ workerId: row.id, incarnation: row.incarnation });
  });

  test('only one that is gone is removed, and only one that runs is drained', async () => {
    const { id, holder } = await worker();
    const params = { id };
    expect(await refused(portal.client.removeWorker({ params }))).toEqual([409, 'worker_alive']);
    await portal.store.workers.end(holder);
    expect(await refused(portal.client.drainWorker({ params }))).toEqual([409, 'worker_gone']);
    await portal.client.removeWorker({ params });
    expect(await refused(portal.client.resumeWorker({ params }))).toEqual([404, 'not_found']);
    expect(await refused(portal.client.removeWorker({ params }))).toEqual([404, 'not_found']);
  });

  test('clocks that are off are told, and one that jumped far is confirmed by a person (F34, F35)', async () => {
    const { id, holder } = await worker();
    const now = await portal.store.now();
    await portal.store.dispatch.renew(holder, now + 600_000);
    const { items } = await portal.client.listWorkers({ query: {} });
    expect(items.find((each) => each.id === id)?.clock_offset_seconds).toBeCloseTo(600, -1);
    expect((await portal.client.health()).checks?.['clocks']).toMatchObject({ status: 'degraded' });
    await portal.store.workers.end(holder);
    const scheduler = factories.scheduler({ createdAt: now });
    await portal.store.schedulers.register(scheduler);
    expect((await portal.client.health()).checks?.['clocks']).toMatchObject({ status: 'healthy' });
    await portal.store.schedulers.setHold(scheduler.id, { from: now - 2 * 86_400_000, to: now });
    expect((await portal.client.health()).checks?.['clocks']?.message).toContain('nothing is planned');
    expect((await portal.client.listSchedulers({})).items[0]?.clock_hold).toMatchObject({ confirmed_at: null });
    expect(await portal.client.confirmClock()).toEqual({ confirmed: 1 });
    expect((await portal.client.health()).checks?.['clocks']).toMatchObject({ status: 'healthy' });
  });

  test('a late result is shown with its run (F9, R-068)', async () => {
    const job = await portal.client.createJob({
      body: { name: 'late', type: 'script', config: { script: 'hello.sh' } },
    });
    const { run_id: runId } = await portal.client.runJob({ params: { id: job.id }, body: {} });
    const run = fromUuid(runId);
    const nothing = { retryAt: null, reason: null, signal: null, failure: null, result: null };
    await portal.store.dispatch.finish([
      { runId: run?.id ?? 0, fence: 7, outcome: 'succeeded', state: 'succeeded', exitCode: 0, ...nothing },
    ]);
    const found = await portal.client.getRun({ params: { id: runId } });
    expect([found.state, found.late_results]).toEqual([
      'queued',
      [{ at: expect.any(String) as string, outcome: 'succeeded', exit_code: 0, fence: 7 }],
    ]);
  });
});
