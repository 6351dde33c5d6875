/** A portal in which nobody signs in: what it refuses, and whom it takes whoever asks for. */
import { request } from 'node:http';
import { createClient } from 'job-trigger-contract';
import { loadConfig } from 'job-trigger-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from '../test-portal.ts';
import { isFromThisMachine } from './this-machine.ts';

const off = { JOB_PORTAL_AUTHENTICATION: 'false' };

function settings(env: Readonly<Record<string, string>>): () => unknown {
  return () => loadConfig({ file: null, env: { ...off, ...env }, flags: {}, cwd: '/srv', readFile: () => '' });
}

test.each(['0.0.0.0', '::', '192.0.2.7', 'jobs.example.org', '127.0.0.1.example.org'])(
  'it does not start on %s (SEC-A3)',
  (host) => {
    expect(settings({ JOB_PORTAL_HOST: host })).toThrow(/security\.authentication \(from JOB_PORTAL_AUTHENTICATION\)/);
  },
);

test('it does not start where something leads in from elsewhere (SEC-A3)', () => {
  expect(settings({ JOB_PORTAL_TRUSTED_PROXIES: '127.0.0.1' })).toThrow('behind a proxy');
  expect(settings({ JOB_PORTAL_PUBLIC_URL: 'https://jobs.example.org' })).toThrow('from elsewhere');
  for (const host of ['127.0.0.1', '::1', 'localhost', '127.8.9.10'])
    expect(settings({ JOB_PORTAL_HOST: host, JOB_PORTAL_PUBLIC_URL: 'http://localhost:8080' })).not.toThrow();
  expect(settings({ JOB_PORTAL_AUTHENTICATION: 'true', JOB_PORTAL_HOST: '0.0.0.0' })).not.toThrow();
});

test.each([
  [{ host: 'localhost:8080' }, '127.0.0.1', true],
  [{ host: '[::1]:8080', origin: 'http://[::1]:8080' }, '::1', true],
  [{ host: '127.0.0.1:8080', referer: 'http://127.0.0.1:8080/jobs' }, '::ffff:127.0.0.1', true],
  [{ host: 'localhost:8080' }, '192.0.2.7', false],
  [{ host: 'jobs.example.org' }, '127.0.0.1', false],
  [{ host: 'localhost.evil.example' }, '127.0.0.1', false],
  [{}, '127.0.0.1', false],
  [{ host: 'localhost:8080', origin: 'null' }, '127.0.0.1', false],
  [{ host: 'localhost:8080', origin: 'http://localhost:9090' }, '127.0.0.1', false],
  [{ host: 'localhost:8080', referer: 'https://jobs.example.org/' }, '127.0.0.1', false],
  [{ host: 'localhost:8080', 'x-real-ip': '192.0.2.7' }, '127.0.0.1', false],
  [{ host: 'localhost:8080', via: '1.1 proxy' }, '127.0.0.1', false],
])('%j from %s is of this machine: %s', (headers, remoteAddress, expected) => {
  const asked = { headers, socket: { remoteAddress } } as unknown as Parameters<typeof isFromThisMachine>[0];
  expect(isFromThisMachine(asked)).toBe(expected);
});

describe('a portal without authentication', () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal('SQLite', inject('postgresUrl'), null, null, null, off);
  });
  afterAll(() => portal.close());

  function statusOf(
    path: string,
    headers: Readonly<Record<string, string>>,
    { method = 'GET', body = '' }: { readonly method?: string; readonly body?: string } = {},
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = request(`${portal.base}${path}`, { method, headers, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', reject);
      asked.end(body === '' ? undefined : body);
    });
  }

  test('all acts are the first administrator’s (SEC-A3)', async () => {
    const anybody = createClient(({ path, method, headers, body }) =>
      fetch(`${portal.base}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
    );
    expect(await anybody.session()).toMatchObject({
      person: { name: 'Mei', role: 'admin' },
      settings: { authentication: 'off' },
    });
    const body = { name: 'by nobody', type: 'script' as const, config: { script: 'hello.sh' } };
    const { id } = await anybody.createJob({ body });
    const { run_id } = await anybody.runJob({ params: { id }, body: {} });
    expect(await anybody.getRun({ params: { id: run_id } })).toMatchObject({ requested_by: 'Mei' });
    const { items } = await anybody.listAudit({ query: { action: 'job.created' } });
    expect(items).toMatchObject([{ who: { name: 'Mei', address: '127.0.0.1' } }]);
    // Nothing is made that would outlast this.
    const device = { client: 'jtp/1.2.0' };
    await expect(anybody.startDevice({ body: device })).rejects.toMatchObject({ status: 409, code: 'conflict' });
    const code = { user_code: 'BBBB-BBBB' };
    await expect(anybody.approveDevice({ body: code })).rejects.toMatchObject({ status: 409, code: 'conflict' });
  });

  test.each([
    { host: 'jobs.example.org' },
    { host: 'localhost.example.org' },
    { host: 'localhost', 'x-forwarded-for': '127.0.0.1' },
    { host: 'localhost', 'x-forwarded-host': 'localhost' },
    { host: 'localhost', forwarded: 'for=127.0.0.1;host=localhost' },
    { host: 'jobs.example.org', 'x-forwarded-host': 'localhost', 'x-forwarded-for': '127.0.0.1' },
    { host: 'localhost', origin: 'https://evil.example' },
    { host: 'localhost', origin: 'null' },
    { host: 'localhost', referer: 'https://evil.example/' },
  ])('%j is answered 403, wherever it asks (SEC-A3)', async (headers) => {
    for (const path of ['/api/jobs', '/api/health/live', '/api/auth/me', '/', '/jobs', '/none'])
      expect([path, await statusOf(path, headers)]).toEqual([path, 403]);
  });

  test('a page of another site changes nothing (SEC-A3, SEC-G1)', async () => {
    const { host } = new URL(portal.base);
    const change = {
      method: 'POST',
      body: JSON.stringify({ name: 'x', type: 'script', config: { script: 'hello.sh' } }),
    };
    const json = { host, 'content-type': 'application/json' };
    expect(await statusOf('/api/jobs', { ...json, 'sec-fetch-site': 'cross-site' }, change)).toBe(403);
    expect(await statusOf('/api/jobs', { ...json, 'sec-fetch-site': 'same-site' }, change)).toBe(403);
    expect(await statusOf('/api/jobs', { ...json, origin: `http://${host}x` }, change)).toBe(403);
    const ours = { ...json, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect(await statusOf('/api/jobs', ours, change)).toBe(201);
  });

  test('health says so, to people and to machines', async () => {
    const { items, status } = await portal.client.healthChecks();
    expect(items.find(({ check }) => check === 'authentication')).toMatchObject({ status: 'degraded' });
    expect(status).not.toBe('healthy');
    expect((await portal.client.health()).checks).toMatchObject({ authentication: { status: 'degraded' } });
  });
});
