/** The portal as a part of other programs, over real HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { createClient, ProblemError, type Client, type Problem } from 'job-trigger-contract';
import { loadConfig, realSystem } from 'job-trigger-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { embedPortal, type EmbeddedPortal, type EmbedOptions } from './embed.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';
import type { HostPerson } from './access/host-callers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    user?: HostPerson | null;
  }
}

const people: Readonly<Record<string, HostPerson>> = {
  ann: { email: 'Ann@example.org', name: 'Ann', role: 'editor' },
  bob: { email: 'bob@example.org', role: 'viewer' },
};

/** Whom the host knows by its own cookie, or by a token of its own. */
function personOf({ headers }: Pick<IncomingMessage, 'headers'>): HostPerson | null {
  const name = /(?:who=|Bearer )(\w+)/.exec(`${headers.cookie ?? ''} ${headers.authorization ?? ''}`)?.[1];
  return people[name ?? ''] ?? null;
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

let portal: TestPortal;
let options: EmbedOptions;
beforeAll(async () => {
  portal = await startTestPortal('SQLite', inject('postgresUrl'));
  const env = { JOB_PORTAL_DATA_DIR: portal.folder, JOB_PORTAL_RATE_PER_MINUTE: '0' };
  const config = loadConfig({ file: null, env, flags: {}, cwd: portal.folder, readFile: () => '' });
  const { store, operations } = portal;
  options = { store, operations, system: realSystem(), config, timezone: 'UTC', version: '0.0.0-test' };
});
afterAll(() => portal.close());

function clientOf(base: string, headers: Readonly<Record<string, string>>): Client {
  return createClient((asked) =>
    fetch(`${base}${asked.path}`, {
      method: asked.method,
      headers: { ...headers, ...asked.headers },
      ...(asked.body === undefined ? {} : { body: asked.body }),
    }),
  );
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As Express mounts: the path is cut from the address, and what is not taken goes on. */
function mounted(embedded: EmbeddedPortal, path: string): Server {
  return createServer((request: IncomingMessage & { baseUrl?: string; originalUrl?: string }, response) => {
    const { url = '/' } = request;
    if (url !== path && !url.startsWith(`${path}/`)) return void response.end('the host');
    request.originalUrl = url;
    request.baseUrl = path;
    request.url = url.slice(path.length) || '/';
    embedded.handler(request, response, () => response.writeHead(404).end('the host knows no such page'));
  });
}

interface Host {
  readonly base: string;
  readonly close: () => Promise<void>;
}
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

const hosts: Readonly<Record<string, (authorize?: EmbedOptions['authorize']) => Promise<Host>>> = {
  async 'node:http'(authorize) {
    const embedded = await embedPortal({ ...options, prefix: '/tools/jobs', ...(authorize && { authorize }) });
    const server = createServer((request: IncomingMessage, response: ServerResponse) =>
      embedded.handler(request, response),
    );
    const base = await listening(server);
    return { base: `${base}/tools/jobs`, close: () => embedded.close().then(() => closed(server)) };
  },
  async Express(authorize) {
    const embedded = await embedPortal({ ...options, prefix: '/jobs', ...(authorize && { authorize }) });
    const server = mounted(embedded, '/jobs');
    const base = await listening(server);
    return { base: `${base}/jobs`, close: () => embedded.close().then(() => closed(server)) };
  },
  async Fastify(authorize) {
    const embedded = await embedPortal({ ...options, prefix: '/jobs', ...(authorize && { authorize }) });
    const host = Fastify();
    await host.register(embedded.plugin, { prefix: '/jobs' });
    const base = await host.listen({ host: '127.0.0.1', port: 0 });
    return { base: `${base}/jobs`, close: () => host.close() };
  },
};

describe.each(Object.entries(hosts))('a portal within %s', (kind, open) => {
  let host: Host;
  beforeAll(async () => {
    host = await open(personOf);
  });
  afterAll(() => host.close());
  const as = (name: string): Client => clientOf(host.base, { authorization: `Bearer ${name}` });

  test('whom the host names acts, owns, and stands in run and audit (R-046)', async () => {
    const name = `of Ann in ${kind}`;
    const { id } = await as('ann').createJob({ body: { name, type: 'script', config: { script: 'hello.sh' } } });
    const { run_id } = await as('ann').runJob({ params: { id }, body: {} });
    const bobs = as('bob').getRun({ params: { id: run_id } });
    expect(await problemOf(bobs)).toMatchObject({ status: 404 });
    await as('ann').shareJob({ params: { id }, body: { items: [{ with: 'everyone', level: 'run' }] } });
    expect(await as('bob').getRun({ params: { id: run_id } })).toMatchObject({ requested_by: 'Ann' });
    const { items } = await portal.client.listAudit({ query: { who: 'Ann', action: 'job.created' } });
    expect(items[0]).toMatchObject({ who: { name: 'Ann' }, subject: { name } });
    expect(await as('bob').session()).toMatchObject({
      setup_needed: false,
      person: { name: 'bob@example.org', role: 'viewer' },
      settings: { authentication: 'host' },
    });
    expect(await problemOf(as('bob').runJob({ params: { id }, body: {} }))).toMatchObject({ status: 403 });
    expect(await problemOf(as('nobody').listJobs({}))).toMatchObject({ status: 401 });
  });

  test('nobody else says who asks: no key, no sign-in, no way to one', async () => {
    const { secret } = await portal.client.createKey({ body: { name: `key ${kind}`, scopes: ['admin'] } });
    for (const credential of [secret, portal.token])
      expect(
        await problemOf(clientOf(host.base, { authorization: `Bearer ${credential}` }).listJobs({})),
      ).toMatchObject({
        status: 401,
      });
    const email = 'mei@example.org';
    const login = as('nobody').login({ body: { email, password: 'correct horse battery' } });
    expect(await problemOf(login)).toMatchObject({ status: 403, detail: 'The host application signs people in.' });
  });

  test('what a browser sends by itself is not enough for a change (SEC-G1)', async () => {
    const body = { name: `by cookie in ${kind}`, type: 'script' as const, config: { script: 'hello.sh' } };
    const origin = new URL(host.base).origin;
    const cookie = { cookie: 'who=ann' };
    expect((await clientOf(host.base, cookie).session()).person?.name).toBe('Ann');
    expect(await problemOf(clientOf(host.base, cookie).createJob({ body }))).toMatchObject({ status: 403 });
    const ours = { ...cookie, origin, 'x-jtp-csrf': '1' };
    const theirs = { ...ours, origin: 'https://evil.example' };
    expect(await problemOf(clientOf(host.base, theirs).createJob({ body }))).toMatchObject({ status: 403 });
    expect(await clientOf(host.base, ours).createJob({ body })).toMatchObject({ name: body.name });
  });

  test('pages and the stream are found below its path', async () => {
    const headers = { authorization: 'Bearer ann' };
    for (const path of ['', '/', '/runs?state=failed'])
      expect([path, await (await fetch(`${host.base}${path}`, { headers: { accept: 'text/html' } })).text()]).toEqual([
        path,
        expect.stringContaining('The pages are not built'),
      ]);
    const stop = new AbortController();
    const stream = await fetch(`${host.base}/api/stream`, { headers, signal: stop.signal });
    const first = await stream.body?.pipeThrough(new TextDecoderStream()).getReader().read();
    expect(first?.value).toContain('event: hello');
    stop.abort();
    expect((await fetch(`${new URL(host.base).origin}/jobsx`)).headers.get('content-security-policy')).toBeNull();
  });
});

describe.each(Object.entries(hosts))('a portal within %s that is not told who asks', (_kind, open) => {
  let host: Host;
  beforeAll(async () => {
    host = await open();
  });
  afterAll(() => host.close());

  test('answers this machine alone, as the first administrator (SEC-A3)', async () => {
    const { items } = await clientOf(host.base, {}).listUsers();
    expect(items.map(({ name }) => name)).toContain('Mei');
    for (const headers of [{ 'x-forwarded-for': '192.0.2.7' }, { origin: 'https://evil.example' }])
      expect(await problemOf(clientOf(host.base, headers).listJobs({}))).toMatchObject({ status: 403 });
    expect(await problemOf(clientOf(host.base, { 'x-real-ip': '192.0.2.7' }).live())).toMatchObject({ status: 403 });
  });
});

test('an account follows what the host says, and one that was shut out here stays so', async () => {
  let person: HostPerson = { email: 'cas@example.org', name: 'Cas', role: 'viewer' };
  const embedded = await embedPortal({ ...options, authorize: () => person });
  const server = createServer((request, response) => embedded.handler(request, response));
  const cas = clientOf(await listening(server), { authorization: 'Bearer x' });
  const id = (await cas.session()).person?.id ?? '';
  expect(await problemOf(cas.listUsers())).toMatchObject({ status: 403 });
  person = { ...person, name: 'Cassandra', role: 'admin' };
  expect((await cas.listUsers()).items.find((each) => each.id === id)).toMatchObject({
    name: 'Cassandra',
    role: 'admin',
  });
  const { items } = await portal.client.listAudit({ query: { who: 'the host application' } });
  const own = items.filter(({ subject }) => subject.id === id).map(({ action }) => action);
  expect(own).toEqual(['person.changed', 'person.created']);
  await portal.client.patchUser({ params: { id }, body: { active: false } });
  expect(await problemOf(cas.listUsers())).toMatchObject({ status: 401 });
  // Nobody signs in with the password that such an account has not.
  await portal.client.patchUser({ params: { id }, body: { active: true } });
  const login = clientOf(portal.base, {}).login({ body: { email: person.email, password: '' } });
  expect(await problemOf(login)).toMatchObject({ status: 401 });
  person = { ...person, email: 'cas' };
  expect((await problemOf(cas.listUsers())).status).toBe(500);
  await embedded.close();
  await closed(server);
});

test('the host reads bodies of its own as before', async () => {
  const embedded = await embedPortal({
    ...options,
    prefix: '/jobs',
    authorize: (_request, hosted) => hosted?.user ?? null,
  });
  const host = Fastify();
  host.decorateRequest('user', null);
  host.addHook('onRequest', async (request) => {
    request.user = personOf(request);
  });
  host.post('/own', (request) => ({ body: request.body }));
  await host.register(embedded.plugin, { prefix: '/jobs' });
  const base = await host.listen({ host: '127.0.0.1', port: 0 });
  const own = await fetch(`${base}/own`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  });
  expect(await own.json()).toEqual({ body: { a: 1 } });
  expect((await clientOf(`${base}/jobs`, { authorization: 'Bearer ann' }).session()).person?.name).toBe('Ann');
  await host.close();
});

test('what was read before the portal, or does not fit, is said', async () => {
  await expect(embedPortal({ ...options, prefix: 'jobs' })).rejects.toThrow('no path such as /jobs');
  const embedded = await embedPortal({ ...options, prefix: '/jobs', authorize: personOf });
  const host = Fastify();
  await expect(host.register(embedded.plugin, { prefix: '/other' })).rejects.toThrow("registered below '/other'");
  const server = createServer((request: IncomingMessage & { body?: unknown }, response) => {
    request.resume().on('end', () => {
      request.body = {};
      embedded.handler(request, response);
    });
  });
  const answer = await fetch(`${await listening(server)}/jobs/api/jobs`, { method: 'POST', body: '{}' });
  expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('before what parses bodies')]);
  await embedded.close();
  await closed(server);
});
