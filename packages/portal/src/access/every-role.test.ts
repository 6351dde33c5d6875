/** Every route of the running server, asked by everybody there is, and by every spelling of its path. */
import { Agent, request } from 'node:http';
import { endpoints } from 'job-trigger-contract';
import { hashOfToken, keyScopes, roles, type KeyScope, type Role } from 'job-trigger-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from '../test-portal.ts';
import type { ServedRoute } from './access-control.ts';

/** Whoever asks: by sign-in, or by a key of one scope. */
interface Asker {
  readonly name: string;
  readonly credential: string | null;
  readonly may: (route: ServedRoute) => boolean;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

const scopes: Readonly<Record<Role, KeyScope>> = { viewer: 'read', operator: 'run', editor: 'write', admin: 'admin' };
const id = '019a0000-0000-7000-8000-00000000ffff';
const pathOf = ({ url }: ServedRoute): string =>
  url
    .replace(/:id|:\w+_id/g, id)
    .replace(/:\w+/g, 'x'.repeat(24))
    .replace('*', '');
const isOfApi = ({ url }: ServedRoute): boolean => url.startsWith('/api');
const holds = (role: Role, { access, approver }: ServedRoute): boolean =>
  access !== undefined &&
  (access === 'open' || roles.indexOf(role) >= roles.indexOf(access)) &&
  (approver !== true || role === 'admin');

/** As `SECURITY.md` A1 has it, with what set-up and invitations need: each tells nothing, or proves its caller itself. */
const open = [
  'GET /api/auth/me',
  'GET /api/auth/oidc',
  'GET /api/docs',
  'GET /api/docs/*',
  'GET /api/feeds/:token/jobs.ics',
  'GET /api/health',
  'GET /api/health/live',
  'GET /api/health/ready',
  'GET /api/openapi.json',
  'GET /api/pings/:token',
  'GET /api/pings/:token/:how',
  'GET /api/schedules/timezones',
  'POST /api/auth/device',
  'POST /api/auth/device/token',
  'POST /api/auth/invitation',
  'POST /api/auth/invitation/accept',
  'POST /api/auth/login',
  'POST /api/auth/oidc/:name',
  'POST /api/auth/oidc/:name/callback',
  'POST /api/auth/passkeys/challenge',
  'POST /api/auth/passkeys/sign-in',
  'POST /api/auth/refresh',
  'POST /api/auth/second-step',
  'POST /api/hooks/:id',
  'POST /api/pings/:token',
  'POST /api/pings/:token/:how',
  'POST /api/setup',
];

/** What makes credentials, or decides who comes in and with which rights: it asks for a fresh proof (ASVS 7.5.3). */
const sensitive = [
  'DELETE /api/auth/links/:id',
  'DELETE /api/auth/passkeys/:id',
  'DELETE /api/auth/totp',
  'DELETE /api/users/:id',
  'PATCH /api/users/:id',
  'POST /api/auth/device/approve',
  'POST /api/auth/oidc/:name/link',
  'POST /api/auth/passkeys/options',
  'POST /api/auth/totp',
  'POST /api/auth/totp/recovery-codes',
  'POST /api/invitations',
  'POST /api/keys',
  'POST /api/keys/:id/rotate',
  'POST /api/secrets/rotate-key',
  'POST /api/users/:id/clear-second-factors',
  'POST /api/users/:id/end-sign-ins',
  'POST /api/users/:id/erase',
];

describe('routes', () => {
  let portal: TestPortal;
  let port: number;
  let routes: readonly ServedRoute[];
  const askers: Asker[] = [];
  beforeAll(async () => {
    portal = await startTestPortal('SQLite', inject('postgresUrl'));
    port = Number(new URL(portal.base).port);
    routes = portal.served.filter(isOfApi);
    askers.push({ name: 'nobody', credential: null, may: ({ access }) => access === 'open' });
    const approver = await portal.someone('viewer');
    await portal.store.people.update({ ...approver.person, approver: true });
    askers.push({
      name: 'approver',
      credential: approver.token,
      may: (route) => holds('viewer', { ...route, approver: false }),
    });
    for (const role of roles) {
      const { token, person } = await portal.someone(role);
      askers.push({ name: role, credential: token, may: (route) => holds(role, route) });
      // Keys of a viewer and of an administrator: the scope bounds the one, the role the other.
      for (const scope of role === 'admin' || role === 'viewer' ? keyScopes : []) {
        const owner = { personId: person.id, name: person.name, via: 'page' } as const;
        await portal.store.people.update({ ...person, role: 'admin' });
        const { secret } = await portal.operations.keys.create({ name: scope, scopes: [scope] }, owner);
        await portal.store.people.update(person);
        const may = (route: ServedRoute): boolean =>
          route.access === 'open' ||
          (route.inPerson !== true && holds(role, route) && scopes[route.access ?? 'admin'] === scope);
        askers.push({ name: `key of ${role} to ${scope}`, credential: secret, may });
      }
    }
  });
  afterAll(async () => {
    agent.destroy();
    await portal.close();
  });

  /** As it is written: `fetch` would tidy the path. Nothing is carried out: what changes something comes as no JSON. */
  function statusOf(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      const body = ['GET', 'HEAD'].includes(method) ? null : 'no JSON';
      const more = body === null ? {} : { 'content-type': 'text/plain', 'content-length': body.length };
      const asked = request(
        { agent, host: '127.0.0.1', port, method, path, headers: { ...headers, ...more } },
        (answer) => {
          resolve(answer.statusCode ?? 0);
          // A stream has no end.
          if (answer.headers['content-type']?.startsWith('text/event-stream') === true) answer.destroy();
          else answer.resume();
        },
      );
      asked.on('error', reject);
      asked.end(body ?? undefined);
    });
  }

  test('each says who may call it, and those that anybody may are known (SEC-A1)', () => {
    expect(routes.length).toBeGreaterThan(Object.keys(endpoints).length);
    expect(routes.filter(({ access }) => access === undefined)).toEqual([]);
    const found = routes.filter(({ access, method }) => access === 'open' && method !== 'HEAD');
    expect(found.map(({ method, url }) => `${method} ${url}`).toSorted()).toEqual(open);
  });

  test(
    'each is refused to whoever may not, and to nobody else (SEC-A1, SEC-B1, R-175)',
    { timeout: 60_000 },
    async () => {
      const wrong = routes.map(async (route) => {
        const found = askers.map(async ({ name, credential, may }) => {
          const headers = credential === null ? {} : { authorization: `Bearer ${credential}` };
          const status = await statusOf(route.method, pathOf(route), headers);
          const isRefused = status === (credential === null ? 401 : 403);
          const isRight = route.access === 'open' || isRefused !== may(route);
          return isRight ? [] : [`${name}: ${route.method} ${route.url} answers ${status}`];
        });
        return (await Promise.all(found)).flat();
      });
      expect((await Promise.all(wrong)).flat()).toEqual([]);
    },
  );

  test('what is sensitive, and nothing else, asks for a proof when the sign-in is old; a key is not asked', async () => {
    const found = routes.filter(({ proof }) => proof === true);
    expect(found.map(({ method, url }) => `${method} ${url}`).toSorted()).toEqual(sensitive);
    const { token } = await portal.someone('admin');
    await portal.store.people.proveSignIn(hashOfToken(token), 0);
    const key = askers.find(({ name }) => name === 'key of admin to admin')?.credential ?? '';
    for (const route of routes.filter(({ method }) => method !== 'GET' && method !== 'HEAD')) {
      const status = await statusOf(route.method, pathOf(route), { authorization: `Bearer ${token}` });
      expect([route.url, status === 403]).toEqual([route.url, route.proof === true]);
      if (route.proof !== true || route.inPerson === true) continue;
      const byKey = await statusOf(route.method, pathOf(route), { authorization: `Bearer ${key}` });
      expect([route.url, byKey === 403]).toEqual([route.url, false]);
    }
  });

  const spellings: readonly ((path: string) => string)[] = [
    (path) => `${path}/`,
    (path) => `${path}.`,
    (path) => `${path};x`,
    (path) => `${path}/configs`,
    (path) => path.replace('/api/', '/api//'),
    (path) => path.replace('/api/', '/API/'),
    (path) => path.replace('/api/', '/api/./'),
    (path) => path.replace('/api/', '/api/x/../'),
    (path) => path.replace('/api/', '/api/%2e/'),
    (path) => path.replace('/api/', '/%61pi/'),
    (path) => path.replace('/api/', '/api/jobs/%2e%2e/'),
    (path) => `${path}%20`,
    (path) => `${path}%00`,
    (path) => `${path}?access=open`,
    (path) => `http://127.0.0.1${path}`,
  ];
  const pretences: readonly Readonly<Record<string, string>>[] = [
    { 'x-original-url': '/api/health/live' },
    { 'x-rewrite-url': '/api/health/live' },
    { 'x-http-method-override': 'GET' },
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-jtp-local': 'secret' },
  ];

  test('no other spelling of a path, and no header, opens what is closed (SEC-A2)', { timeout: 60_000 }, async () => {
    const closed = routes.filter(({ access }) => access !== 'open');
    const viewer = askers.find(({ name }) => name === 'viewer')?.credential ?? '';
    const wrong = closed.map(async (route) => {
      const path = pathOf(route);
      const asks = async (
        what: string,
        headers: Readonly<Record<string, string>>,
        { at = path, accepted }: { readonly at?: string; readonly accepted: readonly number[] },
      ): Promise<string[]> => {
        const status = await statusOf(route.method, at, headers);
        return accepted.includes(status) ? [] : [`${what}: ${route.method} ${at} answers ${status}`];
      };
      const asViewer = { authorization: `Bearer ${viewer}` };
      const found = [
        ...spellings.map((spell) => asks('nobody', {}, { at: spell(path), accepted: [400, 401, 404] })),
        ...(route.access === 'viewer' && route.approver !== true ? [] : spellings).map((spell) =>
          asks('viewer', asViewer, { at: spell(path), accepted: [400, 403, 404] }),
        ),
        ...pretences.map((headers) => asks(`nobody with ${Object.keys(headers)[0]}`, headers, { accepted: [401] })),
      ];
      return (await Promise.all(found)).flat();
    });
    expect((await Promise.all(wrong)).flat()).toEqual([]);
  });

  test('a credential in the address is none (SEC-A13)', async () => {
    const key = askers.find(({ name }) => name === 'key of admin to read')?.credential ?? '';
    expect(await statusOf('GET', '/api/jobs', { authorization: `Bearer ${key}` })).toBe(200);
    for (const name of ['key', 'api_key', 'token', 'access_token', 'authorization'])
      expect([401, 422]).toContain(await statusOf('GET', `/api/jobs?${name}=${key}`));
    expect(await statusOf('GET', '/api/jobs', { authorization: `Basic ${btoa(`${key}:`)}` })).toBe(401);
    expect(await statusOf('GET', '/api/jobs', { 'x-api-key': key })).toBe(401);
  });
});
