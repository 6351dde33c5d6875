import { endpoints } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tableSums } from '../../../test/setup/table-sums.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const reads = Object.values(endpoints)
  .filter(({ method }) => method === 'GET')
  .map(({ path }) => path);
const queries: Readonly<Record<string, string>> = { '/api/scripts/content': '?path=hello.sh' };

describe.each(['SQLite', 'PostgreSQL'] as const)('reading on %s', (database) => {
  let portal: TestPortal;
  let job = '';
  let run = '';
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    const body = { name: 'read', type: 'script' as const, config: { script: 'hello.sh' } };
    job = (await portal.client.createJob({ body })).id;
    run = (await portal.client.runJob({ params: { id: job }, body: {} })).run_id;
    await portal.client.cancelRun({ params: { id: run } });
    await portal.client.runJob({ params: { id: job }, body: {} });
  });
  afterAll(() => portal.close());

  test.each([...reads, '/api/openapi.json', '/api/docs/', '/jobs'])('GET %s changes nothing (R-243)', async (path) => {
    const before = await tableSums(portal.databaseUrl);
    const id = path.startsWith('/api/jobs') ? job : run;
    const answer = await portal.raw(`${path.replace('{id}', id)}${queries[path] ?? ''}`, {
      headers: { accept: path.startsWith('/api') ? 'application/json' : 'text/html' },
    });
    await answer.text();
    expect(answer.status).toBe(path === '/jobs' ? 503 : 200);
    expect(await tableSums(portal.databaseUrl)).toEqual(before);
  });
});
