/** What a scanner asks of an installation as it comes, before anybody did anything to it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpoints } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { ask } from './test-bytes.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const policy =
  "default-src 'self';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data: blob:;object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'";

let portal: TestPortal;
const pages = freshDir('jtp-pages');
beforeAll(async () => {
  mkdirSync(join(pages.path, 'assets'));
  writeFileSync(join(pages.path, 'index.html'), '<!doctype html><title>Job Trigger Portal</title>');
  writeFileSync(join(pages.path, 'assets', 'index-1a2b3c4d.js'), 'export {};');
  portal = await startTestPortal('SQLite', inject('postgresUrl'), pages.path);
});
afterAll(async () => {
  await portal.close();
  pages.remove();
});

const html = { accept: 'text/html' };

describe('answers', () => {
  test.each([
    ['a page', '/jobs', html],
    ['a file of a page', '/assets/index-1a2b3c4d.js', {}],
    ['a list', '/api/jobs', {}],
    ['a refusal', '/api/nothing', {}],
    ['the description for people', '/api/docs/', html],
  ])('%s carries what browsers need to be careful (SEC-K1, SEC-G6)', async (_, path, headers) => {
    const answer = await portal.raw(path, { headers });
    await answer.text();
    expect(answer.headers.get('content-security-policy')).toBe(policy);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    for (const teller of ['server', 'x-powered-by', 'via']) expect(answer.headers.get(teller), teller).toBeNull();
  });

  test('of the API are kept by nobody (SEC-K1)', async () => {
    for (const path of ['/api/jobs', '/api/auth/session', '/api/nothing', '/api/settings'])
      expect([path, (await portal.raw(path)).headers.get('cache-control')]).toEqual([path, 'no-store']);
  });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])(
    'to the origin %s let no other site read them (SEC-G7)',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS'])
        for (const path of ['/api/jobs', '/api/auth/session', '/api/stream']) {
          const stop = new AbortController();
          const answer = await portal.raw(path, {
            method,
            headers: {
              origin,
              'access-control-request-method': 'POST',
              'access-control-request-headers': 'x-jtp-csrf',
            },
            signal: stop.signal,
          });
          const allowing = [...answer.headers.keys()].filter((name) => name.startsWith('access-control'));
          expect([method, path, allowing]).toEqual([method, path, []]);
          stop.abort();
        }
    },
  );
});

describe('a stranger finds', () => {
  test.each([
    '/.env',
    '/.git/config',
    '/assets/',
    '/assets/..%2f..%2fportal.db',
    '/assets/%2e%2e/%2e%2e/secret.key',
    '/portal.db',
    '/secret.key',
    '/config.yaml',
    '/package.json',
    '/server-status',
    '/actuator/env',
    '/metrics',
    '/debug/pprof/',
    '/api',
    '/api/',
    '/api/v1/users',
    '/api/users/login',
    '/console',
    '/xxl-job-admin/login',
  ])('nothing at %s (SEC-K1)', async (path) => {
    const { status, text } = await ask(portal.base, `GET ${path} HTTP/1.1`);
    expect([status, text.includes('Index of'), text.includes('SQLite format')]).toEqual([404, false, false]);
  });

  test.each(['TRACE', 'TRACK', 'PROPFIND', 'DEBUG', 'CONNECT', 'PUT'])(
    'no use for the method %s (SEC-K1)',
    async (method) => {
      const { status } = await ask(portal.base, `${method} /api/jobs HTTP/1.1`, ['Cookie: a=b']);
      // A connection that was ended without an answer is 0.
      expect([0, 400, 401, 404, 405]).toContain(status);
    },
  );

  test('no more in an error than that there was one (SEC-K1)', async () => {
    for (const path of ['/api/jobs/%', '/api/jobs?cursor=%00', `/api/${'x'.repeat(5000)}`, '/api/jobs/x?y[z]=1']) {
      const text = await (await portal.raw(path)).text();
      expect(text).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.ts\b|SELECT|sqlite/i);
      expect(text).not.toContain(portal.folder);
    }
  });

  test('no way to name a path or method by a header (SEC-A2)', async () => {
    const others = [
      'X-Original-URL: /api/health/live',
      'X-Rewrite-URL: /api/health/live',
      'X-HTTP-Method-Override: GET',
    ];
    for (const header of others) {
      expect((await ask(portal.base, 'GET /api/jobs HTTP/1.1', [header])).status).toBe(401);
      expect((await ask(portal.base, 'POST /api/jobs HTTP/1.1', [header, 'Content-Length: 0'])).status).toBe(401);
    }
  });

  test('no other spelling of a path that is guarded less (SEC-A2)', async () => {
    const spellings = Object.values(endpoints)
      .filter(({ access, method }) => access !== 'open' && method === 'GET')
      .map(({ path }) => path.replaceAll(/\{\w+\}/g, '019a0000-0000-7000-8000-00000000ffff'))
      .flatMap((path) => [
        `${path}/`,
        `${path};x`,
        `${path}.`,
        `/${path}`,
        path.replace('/api/', '/API/'),
        path.replace('/api/', '/api/./'),
        path.replace('/api/', '/api/x/%2e%2e/'),
        path.replace('/api/', '/%61pi/'),
      ]);
    const found = new Map<string, number>();
    for (const path of spellings) found.set(path, (await ask(portal.base, `GET ${path} HTTP/1.1`)).status);
    expect([...found].filter(([, status]) => ![400, 401, 404].includes(status))).toEqual([]);
  });
});

describe('a sign-in', () => {
  const login = (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${portal.base}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email: 'mei@example.org', password: 'correct horse battery' }),
    });

  test('gives a cookie that no script reads and no other site sends (SEC-A14)', async () => {
    const { port } = new URL(portal.base);
    const given = (await login({})).headers.get('set-cookie') ?? '';
    expect(given).toMatch(
      new RegExp(`^jtp_session_${port}=[\\w-]{43}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax$`),
    );
    const planted = await login({ cookie: `jtp_session_${port}=${'a'.repeat(43)}` });
    expect(planted.headers.get('set-cookie')).not.toContain('aaaa');
  });

  test('counts for no page of another site, not even to read (SEC-G5)', async () => {
    const cookie = ((await login({})).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    for (const path of ['/api/jobs', '/api/stream']) {
      const answer = await fetch(`${portal.base}${path}`, { headers: { cookie, origin: 'http://127.0.0.1:1' } });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await fetch(`${portal.base}/api/jobs`, { headers: { cookie } })).status).toBe(200);
  });

  test('gives none over plain HTTP to anybody behind a proxy, whose headers are not believed (SEC-A14, SEC-G9)', async () => {
    for (const forwarded of [{ 'x-forwarded-for': '10.0.0.1' }, { forwarded: 'for=10.0.0.1;proto=https' }]) {
      const answer = await login({ ...forwarded, 'x-forwarded-proto': 'https' });
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
      expect(await answer.json()).toMatchObject({ cookie: false });
    }
  });
});
