import { createClient, fetchTransport, ProblemError, type Client } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

async function problemOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

describe.each(['SQLite', 'PostgreSQL'] as const)('quotas over HTTP, on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    const env = {
      JOB_PORTAL_QUOTA_SCHEDULES: '3',
      JOB_PORTAL_QUOTA_WAITING_RUNS: '2',
      JOB_PORTAL_QUOTA_LOG_READERS: '2',
    };
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, null, env);
  });
  afterAll(() => portal.close());

  /** Somebody's program, with a key of its own. */
  async function programOf(client: Client, name: string): Promise<Client> {
    const { secret } = await client.createKey({ body: { name, scopes: ['read', 'write', 'run'] } });
    return createClient(fetchTransport({ base: portal.base, headers: { authorization: `Bearer ${secret}` } }));
  }

  const job = (name: string, schedules: number) => ({
    name,
    type: 'script' as const,
    config: { script: 'hello.sh' },
    overlap: 'allow' as const,
    max_concurrent: null,
    schedules: Array.from({ length: schedules }, (_, minute) => ({
      kind: 'cron' as const,
      expression: `${minute} * * * *`,
      timezone: 'UTC',
    })),
  });

  test('hold for all keys of a person together, administrators included, and say what to do (SEC-J2)', async () => {
    const ann = await portal.someone('editor');
    const [one, two] = [await programOf(ann.client, 'one'), await programOf(ann.client, 'two')];
    const made = await one.createJob({ body: job('first', 2) });
    expect(await problemOf(two.createJob({ body: job('second', 2) }))).toMatchObject({
      status: 403,
      code: 'quota_reached',
      quota: 'quota.schedules',
      most: 3,
      held: 2,
      wanted: 2,
      detail: expect.stringContaining('Remove some, or ask an administrator to raise quota.schedules.'),
    });
    for (const program of [one, two]) await program.runJob({ params: { id: made.id }, body: {} });
    for (const client of [one, two, ann.client])
      expect(await problemOf(client.runJob({ params: { id: made.id }, body: {} }))).toMatchObject({
        status: 403,
        quota: 'quota.waiting_runs',
      });
    const uses = [
      { kind: 'jobs', setting: 'quota.jobs', held: 1, limit: 10_000 },
      { kind: 'schedules', setting: 'quota.schedules', held: 2, limit: 3 },
      { kind: 'waiting_runs', setting: 'quota.waiting_runs', held: 2, limit: 2 },
    ];
    expect(await two.ownQuota()).toEqual({ items: uses });
    const { client } = portal;
    const { items: people } = await client.listUsers();
    const { id = '' } = people.find(({ email }) => email === ann.person.email) ?? {};
    expect(await client.userQuota({ params: { id } })).toEqual({ items: uses });
    expect(await problemOf(client.createJob({ body: job('of an administrator', 4) }))).toMatchObject({ status: 403 });
    expect(await problemOf(client.runJob({ params: { id: made.id }, body: {} }))).toMatchObject({ status: 403 });
  });

  test('ten thousand logs at once: the third reader of a person is refused, other people read on (SEC-J2)', async () => {
    const { run_id: id } = await portal.client.runDraft({ body: job('read', 0) });
    const left = new AbortController();
    const follow = () => portal.raw(`/api/runs/${id}/log?follow=true`, { signal: left.signal });
    const [first, second] = [await follow(), await portal.raw('/api/stream', { signal: left.signal })];
    expect([first.status, second.status]).toEqual([200, 200]);
    for (const path of [`/api/runs/${id}/log`, `/api/logs/${id}`, '/api/stream', `/api/runs/${id}/log?follow=true`]) {
      const refused = await portal.raw(path);
      expect([path, refused.status, refused.headers.get('retry-after')]).toEqual([path, 429, '5']);
      expect(await refused.json()).toMatchObject({
        code: 'rate_limited',
        quota: 'quota.log_readers',
        most: 2,
        held: 2,
      });
    }
    const other = await portal.someone('admin');
    expect(await other.client.runLog({ params: { id } })).toMatchObject({ lines: 0 });
    left.abort();
    // The portal hears of a reader that left when its connection has closed.
    await expect.poll(async () => (await portal.raw(`/api/runs/${id}/log`)).status).toBe(200);
  });
});
