import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  createClient,
  EditConflict,
  endpoints,
  ProblemError,
  type Client,
  type JobInput,
  type JobPatch,
  type Transport,
} from 'job-trigger-contract';
import { createOperations, loadConfig, openStore, realSystem, type Store } from 'job-trigger-core';
import { freshDir, freshPostgres } from '../../../test/setup/databases.ts';
import { issueSetupToken } from './access/set-up.ts';
import { parseStrictJson } from './plugins/strict-json.ts';
import { createPortal, type Portal } from './portal.ts';

const me = { email: 'mei@example.org', name: 'Mei', password: 'correct horse battery', timezone: 'Asia/Hong_Kong' };

const credentials = { email: me.email, password: me.password };

let made = 0;
const script = (more: Partial<JobInput> = {}): JobInput => ({
  name: `job ${(made += 1)}`,
  type: 'script',
  config: { script: 'hello.sh' },
  ...more,
});

async function problemOf(work: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error;
  throw error;
}

describe.each(['SQLite', 'PostgreSQL'])('the portal on %s', (database) => {
  const folder = freshDir();
  let store: Store;
  let portal: Portal;
  let base: string;
  let drop = (): Promise<void> => Promise.resolve();
  let token: string;
  let client: Client;

  const transport =
    (headers: Readonly<Record<string, string>>): Transport =>
    (request) =>
      fetch(`${base}${request.path}`, {
        method: request.method,
        headers: { ...headers, ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
      });
  const raw = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${base}${path}`, init);

  beforeAll(async () => {
    const config = loadConfig({
      file: null,
      env: { JOB_PORTAL_RATE_PER_MINUTE: '0', JOB_PORTAL_DATA_DIR: folder.path },
      flags: {},
      cwd: folder.path,
      readFile: () => '',
    });
    mkdirSync(config.values.scriptsDir);
    writeFileSync(join(config.values.scriptsDir, 'hello.sh'), 'echo hello\n');
    let url = config.values.databaseUrl;
    if (database === 'PostgreSQL') {
      const fresh = await freshPostgres(inject('postgresUrl'));
      url = fresh.url;
      drop = () => fresh.drop();
    }
    const system = realSystem();
    store = await openStore({ url, system, migrate: true });
    const operations = createOperations({
      store,
      system,
      dataDir: folder.path,
      scriptsDir: config.values.scriptsDir,
      defaultTimezone: 'UTC',
      allowCommand: false,
      outgoingAllow: [],
      scriptRules: { allowedExtensions: config.values.allowedExtensions, maxBytes: config.values.scriptMaxBytes },
      retryDefaults: config.values.engine.retry,
      breaker: config.values.engine.breaker,
    });
    portal = await createPortal({ operations, store, system, config, timezone: 'UTC', version: '0.0.0-test' });
    base = await portal.listen({ host: '127.0.0.1', port: 0 });

    const anonymous = createClient(transport({}));
    expect((await anonymous.session()).setup_needed).toBe(true);
    expect((await problemOf(anonymous.setup({ body: { ...me, token: 'wrong' } }))).code).toBe('unauthenticated');
    const setupToken = (await issueSetupToken({ store, system })) ?? '';
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => anonymous.setup({ body: { ...me, token: setupToken } })),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await store.people.count()).toBe(1);
    token = (await anonymous.login({ body: credentials })).access_token;
    client = createClient(transport({ authorization: `Bearer ${token}` }));
  });
  afterAll(async () => {
    await portal.close();
    await store.close();
    await drop();
    folder.remove();
  });

  test('set-up is over after the first administrator (SEC-A5)', async () => {
    expect((await problemOf(createClient(transport({})).setup({ body: { ...me, token: 'any' } }))).code).toBe(
      'setup_already_done',
    );
  });

  test('every endpoint that is not open refuses whoever shows no credential, or a wrong one (SEC-A1)', async () => {
    for (const endpoint of Object.values(endpoints)) {
      for (const headers of [{}, { authorization: 'Bearer 0123456789012345678901234567890123456789012' }]) {
        const path = endpoint.path.replace('{id}', '019a0000-0000-7000-8000-000000000001');
        const answer = await raw(path, { method: endpoint.method, headers });
        if (endpoint.access === 'open') expect(answer.status).not.toBe(401);
        else expect([endpoint.method, path, answer.status]).toEqual([endpoint.method, path, 401]);
      }
    }
  });

  test('a wrong password and an unknown person get the same answer (SEC-A6)', async () => {
    const anonymous = createClient(transport({}));
    const answers = [
      await problemOf(anonymous.login({ body: { email: me.email, password: 'wrong password' } })),
      await problemOf(anonymous.login({ body: { email: 'nobody@example.org', password: 'wrong password' } })),
    ];
    expect(answers.map((answer) => [answer.status, answer.message])).toEqual([
      [401, 'E-mail or password is wrong.'],
      [401, 'E-mail or password is wrong.'],
    ]);
  });

  test('the cookie alone changes nothing: origin and header must prove our own page (SEC-G1)', async () => {
    const login = await raw('/api/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: me.email, password: me.password }),
    });
    const cookie = login.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^jtp_session_\d+=.*HttpOnly.*SameSite=Lax/);
    const headers = { cookie: cookie.split(';')[0] ?? '', 'content-type': 'application/json' };
    const body = JSON.stringify(script());
    expect((await raw('/api/jobs', { headers })).status).toBe(200);
    for (const proof of [
      {},
      { 'x-jtp-csrf': '1' },
      { 'x-jtp-csrf': '1', origin: 'https://evil.example' },
      { origin: base },
      { 'x-jtp-csrf': '1', origin: 'null' },
    ]) {
      expect((await raw('/api/jobs', { method: 'POST', headers: { ...headers, ...proof }, body })).status).toBe(403);
    }
    expect(
      (await raw('/api/jobs', { method: 'POST', headers: { ...headers, 'x-jtp-csrf': '1', origin: base }, body }))
        .status,
    ).toBe(201);
    expect(
      (
        await raw('/api/auth/login', {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
          body: '{}',
        })
      ).status,
    ).toBe(422);
  });

  test('a token is over after logout (SEC-A11)', async () => {
    const { access_token } = await createClient(transport({})).login({ body: credentials });
    const other = createClient(transport({ authorization: `Bearer ${access_token}` }));
    await other.listJobs();
    await other.logout();
    expect((await problemOf(other.listJobs())).status).toBe(401);
  });

  test('a job is created, read back, changed under If-Match, run, cancelled and deleted', async () => {
    const created = await client.createJob({
      body: script({
        schedules: [{ kind: 'daily', times: ['09:00'], timezone: 'Asia/Hong_Kong' }],
        description: 'nightly',
      }),
    });
    expect(created).toMatchObject({
      status: 'active',
      version: 1,
      schedules: [{ description: 'Daily at 09:00 (Asia/Hong_Kong)', timezone: 'Asia/Hong_Kong' }],
    });
    expect(created.next_due_at).toMatch(/T01:00:00Z$/);
    const params = { id: created.id };
    expect(await client.getJob({ params })).toEqual(created);
    const changed = await client.patchJob({ params, body: { description: null } }, { headers: { 'if-match': '"1"' } });
    expect(changed).toMatchObject({ description: null, version: 2 });
    expect(
      (await problemOf(client.patchJob({ params, body: { tags: ['a'] } }, { headers: { 'if-match': '"1"' } }))).code,
    ).toBe('edit_conflict');
    const { run_id } = await client.runJob({ params, body: {} });
    expect(await client.getRun({ params: { id: run_id } })).toMatchObject({
      state: 'queued',
      trigger: 'manual',
      job_id: created.id,
      requested_by: 'Mei',
    });
    expect((await client.getJob({ params })).status).toBe('queued');
    expect((await client.getRun({ params: { id: run_id } })).cancel_request).toBeNull();
    await client.cancelRun({ params: { id: run_id }, body: { note: 'wrong day' } });
    expect(await client.getRun({ params: { id: run_id } })).toMatchObject({
      state: 'cancelled',
      reason: 'cancel_requested',
      duration_seconds: null,
      cancel_request: { by: 'Mei', note: 'wrong day', at: expect.any(String) },
    });
    expect(await client.runLog({ params: { id: run_id } })).toMatchObject({ items: [], complete: true });
    await client.deactivateJob({ params, body: { reason: 'holiday' } });
    expect(await client.getJob({ params })).toMatchObject({
      active: false,
      paused: { reason: 'holiday', by: 'Mei' },
      next_due_at: null,
    });
    await client.activateJob({ params });
    await client.deleteJob({ params });
    expect((await problemOf(client.getJob({ params }))).status).toBe(404);
    expect((await client.restoreJob({ params })).active).toBe(false);
  });

  test('who saves second is told what the first saved, in the fields of the wire (R-054, SEC-C16)', async () => {
    const { id } = await client.createJob({
      body: script({ schedules: [{ kind: 'daily', times: ['09:00'], timezone: 'UTC' }] }),
    });
    const params = { id };
    const ifMatch = { headers: { 'if-match': '"1"' } };
    await client.putJob({ params, body: { timeout_seconds: 60, tags: ['theirs'] } }, ifMatch);
    const body: JobPatch = {
      timeout_seconds: 90,
      config: { script: 'hello.sh', args: ['x'] },
      schedules: [{ kind: 'daily', times: ['10:00'], timezone: 'UTC' }],
    };
    const { status, problem } = await problemOf(client.putJob({ params, body }, ifMatch));
    expect([status, problem.code]).toEqual([412, 'edit_conflict']);
    const conflict = EditConflict.parse(problem);
    expect(conflict).toMatchObject({ version: 2, saved_by: 'Mei' });
    expect(conflict.difference.map(({ field }) => field)).toEqual(['config', 'timeout_seconds', 'schedules']);
    expect(conflict.difference[0]).toMatchObject({ theirs: { args: [] }, yours: { args: ['x'], working_dir: null } });
    expect(conflict.difference[1]).toEqual({ field: 'timeout_seconds', theirs: 60, yours: 90 });
    expect(conflict.difference[2]).toMatchObject({ theirs: [{ times: ['09:00'] }], yours: [{ times: ['10:00'] }] });
    const saved = await client.putJob({ params, body }, { headers: { 'if-match': `"${conflict.version}"` } });
    expect(saved).toMatchObject({ version: 3, timeout_seconds: 90, tags: ['theirs'] });
  });

  test.each([
    [{}, 'name'],
    [{ name: 5 }, 'name'],
    [{ type: 'shell' }, 'type'],
    [{ config: { script: '../x.sh' } }, 'config.script'],
    [{ config: { script: 'hello.sh', evil: 1 } }, 'config.evil'],
    [{ timeout_seconds: 0 }, 'timeout_seconds'],
    [{ priority: 1e18 }, 'priority'],
    [{ schedules: [{ kind: 'daily', times: ['25:99'] }] }, 'schedules.0.times.0'],
    [{ schedules: [{ kind: 'hourly', minute: 75 }] }, 'schedules.0.minute'],
    [{ owner_id: 'x' }, 'owner_id'],
  ])('the body %j is refused with its field, and nothing is created', async (more, path) => {
    const before = (await client.listJobs({ query: { limit: 1, total: 'true' } })).total;
    const body = Object.keys(more).length === 0 ? { type: 'script', config: {} } : { ...script(), ...more };
    const problem = await problemOf(client.createJob({ body: body as JobInput }));
    expect(problem.status).toBe(422);
    expect(problem.problem.errors?.map((error) => error.path)).toContain(path);
    expect(problem.problem.request_id).not.toBe('');
    expect((await client.listJobs({ query: { limit: 1, total: 'true' } })).total).toBe(before);
  });

  test('lists page by key to their end, each item once', async () => {
    for (let count = 0; count < 5; count += 1) await client.createJob({ body: script({ tags: ['paged'] }) });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<Client['listJobs']>> = await client.listJobs({
        query: { tag: 'paged', limit: 2, ...(cursor === '' ? {} : { cursor }) },
      });
      seen.push(...page.items.map((job) => job.id));
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(5);
    expect((await problemOf(client.listJobs({ query: { cursor: 'nonsense' } }))).code).toBe('malformed');
    expect((await problemOf(client.listJobs({ query: { limit: -1 } }))).status).toBe(422);
  });

  test('a preview tells instants, notes and the difference to the schedule in force', async () => {
    // Both lie on the same side of now, at whatever time of day this runs.
    const hour = String((new Date().getUTCHours() + 6) % 24).padStart(2, '0');
    const at = (time: string) => ({ kind: 'daily' as const, times: [time], timezone: 'UTC' });
    const job = await client.createJob({ body: script({ schedules: [at(`${hour}:00`)] }) });
    const preview = await client.preview({ body: { schedule: at(`${hour}:30`), count: 2, job_id: job.id } });
    expect(preview.items).toHaveLength(2);
    expect(preview).toMatchObject({ description: `Daily at ${hour}:30 (UTC)`, added: [], removed: [] });
    expect(preview.moved).toHaveLength(30);
  });

  test('health tells strangers only whether, and people what', async () => {
    expect(Object.keys((await (await raw('/api/health')).json()) as object)).toEqual(['status', 'version']);
    const health = await client.health();
    expect(health.status).toBe('degraded');
    expect(health.checks).toMatchObject({ database: { status: 'healthy' }, workers: { status: 'degraded' } });
  });

  test('the OpenAPI document names every endpoint', async () => {
    const answer = await raw('/api/openapi.json');
    const document = (await answer.json()) as { openapi: string; paths: Record<string, Record<string, unknown>> };
    expect(document.openapi).toBe('3.1.0');
    for (const endpoint of Object.values(endpoints))
      expect(document.paths[endpoint.path]?.[endpoint.method.toLowerCase()]).toBeDefined();
  });

  test('the readable description needs no sign-in, and its parts come with it', async () => {
    const page = await raw('/api/docs/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).toContain('swagger-ui-bundle.js');
    const part = await raw('/api/docs/static/swagger-ui-bundle.js');
    expect(part.status).toBe(200);
    expect(Number(part.headers.get('content-length'))).toBeGreaterThan(100_000);
    expect((await raw('/api/docs/static/nothing.js')).status).toBe(404);
    expect((await raw('/api/docs/../jobs')).status).toBe(401);
  });

  test.each([
    ['text/plain', '{}', 415],
    ['application/json', '{"name":1,"name":2}', 400],
    ['application/json', '{"__proto__":{"admin":true}}', 422],
    ['application/json', '\ufeff{}', 400],
    ['application/json', '{} x', 400],
    ['application/json', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 400],
    ['application/json', '"\\ud800"', 400],
    ['application/json', ' '.repeat(2_000_000), 413],
  ])('a body of %s that is hostile gets %#: a problem document', async (type, body, status) => {
    const answer = await raw('/api/jobs', {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${token}` },
      body,
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('pages may run scripts only from here', async () => {
    const policy = (await raw('/api/health')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('upgrade-insecure-requests');
  });
});

test('strict JSON reads what JSON.parse reads, whatever stands in its texts', () => {
  for (const value of [
    { a: '{"b":[' },
    { 'k"e:y': ['}', ']', ':'] },
    [[{ a: { a: 1 } }], { a: 2 }],
    'text',
    5,
    null,
    { a: '\u20ac', b: '\ud83d\ude00' },
  ]) {
    expect(parseStrictJson(Buffer.from(JSON.stringify(value)))).toEqual(value);
  }
});
