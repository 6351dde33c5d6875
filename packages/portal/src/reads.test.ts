import { endpoints } from 'job-trigger-contract';
import { toUuid } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { raiseAlertIn } from '../../../test/setup/raise-alert.ts';
import { tableSums } from '../../../test/setup/table-sums.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const reads = Object.values(endpoints)
  .filter(({ method }) => method === 'GET')
  .map(({ path }) => path);
const span = 'from=2027-01-01T00:00:00Z&to=2027-01-08T00:00:00Z';
const queries: Readonly<Record<string, string>> = {
  '/api/auth/device': '?user_code={device}',
  '/api/scripts/content': '?path=hello.sh',
  '/api/scripts/version': '?path=hello.sh&number=1',
  '/api/timeline': `?${span}`,
  '/api/timeline/heat': `?${span}&timezone=UTC`,
};

describe.each(['SQLite', 'PostgreSQL'] as const)('reading on %s', (database) => {
  let portal: TestPortal;
  const ids = {
    jobs: '',
    runs: '',
    logs: '',
    calendars: '',
    webhooks: '',
    monitors: '',
    attention: '',
    scripts: '',
    users: '',
  };
  let artifact = '';
  let userCode = '';
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    const body = { name: 'read', type: 'script' as const, config: { script: 'hello.sh' } };
    const calendar = { kind: 'holiday' as const, name: 'read', holidays: [{ date: '12-25', name: 'Christmas Day' }] };
    ids.calendars = (await portal.client.createCalendar({ body: calendar })).id;
    const schedule = { kind: 'daily' as const, times: ['09:00'], timezone: 'UTC', calendars: [ids.calendars] };
    ids.jobs = (await portal.client.createJob({ body: { ...body, schedules: [schedule] } })).id;
    const params = { id: ids.jobs };
    ids.runs = (await portal.client.runJob({ params, body: {} })).run_id;
    ids.logs = ids.runs;
    await portal.client.cancelRun({ params: { id: ids.runs } });
    ids.runs = (await portal.client.runJob({ params, body: {} })).run_id;
    ids.webhooks = (await portal.client.createWebhook({ body: { name: 'read', url: 'https://example.org/' } })).id;
    ids.monitors = (await portal.client.createMonitor({ body: { name: 'read', period_seconds: 60 } })).id;
    await portal.client.createFeed({ body: { name: 'read' } });
    artifact = await keptOf(portal);
    const found = { hash: '0'.repeat(64), content: Buffer.from('echo hello') };
    await portal.store.scripts.see({ id: 1, path: 'hello.sh', found, problem: null });
    const script = await portal.store.scripts.get(1);
    ids.scripts = script === null ? '' : toUuid(script);
    userCode = (await portal.client.startDevice({ body: { client: 'jtp' } })).user_code;
    ids.users = (await portal.client.listUsers()).items[0]?.id ?? '';
    await raiseAlertIn(portal.store, 'moon');
    ids.attention = (await portal.client.listAttention({ query: {} })).items[0]?.id ?? '';
  });
  afterAll(() => portal.close());

  test.each([...reads, '/api/openapi.json', '/api/docs/', '/jobs'])(
    'GET %s changes nothing (R-243, SEC-G2)',
    async (path) => {
      const before = await tableSums(portal.databaseUrl);
      const noun = path.split('/')[2] as keyof typeof ids;
      const answer = await portal.raw(
        `${path.replace('{id}', ids[noun]).replace('{artifact_id}', artifact)}${(queries[path] ?? '').replace('{device}', userCode)}`,
        {
          headers: { accept: path.startsWith('/api') ? 'application/json' : 'text/html' },
        },
      );
      await answer.text();
      expect(answer.status).toBe(path === '/jobs' ? 503 : 200);
      expect(await tableSums(portal.databaseUrl)).toEqual(before);
    },
  );
});

/** A file that the one waiting run has left, once a worker holds it. @returns its id */
async function keptOf({ store }: TestPortal): Promise<string> {
  const worker = { ...factories.worker(), queues: ['default'] };
  await store.workers.register(worker);
  const { id: workerId, incarnation } = worker;
  const [claim] = await store.dispatch.claim({ workerId, incarnation, free: 1, queues: ['default'], labels: [] });
  if (claim === undefined) throw new Error('nothing was claimed');
  const { runId, runCreatedAt, jobId, attempt } = claim;
  const left = factories.artifact({ runId, runCreatedAt, jobId, attempt });
  await store.artifacts.keep(claim, [left]);
  return toUuid(left);
}
