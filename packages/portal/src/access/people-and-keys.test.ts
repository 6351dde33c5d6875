import { createClient, ProblemError, type Client, type Problem } from 'job-trigger-contract';
import { createOperations, loadConfig, openStore, realSystem, type Store } from 'job-trigger-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createPortal, type Portal } from '../portal.ts';
import { startTestPortal, type TestPortal } from '../test-portal.ts';

const password = 'correct horse battery';

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

describe.each(['SQLite', 'PostgreSQL'] as const)('people and keys on %s', (database) => {
  let portal: TestPortal;
  /** Another portal on the same database, as another host would run it. */
  let other: { readonly base: string; readonly portal: Portal; readonly store: Store };
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    const env = { JOB_PORTAL_RATE_PER_MINUTE: '0', JOB_PORTAL_DATA_DIR: portal.folder };
    const config = loadConfig({ file: null, env, flags: {}, cwd: portal.folder, readFile: () => '' });
    const system = realSystem();
    const store = await openStore({ url: portal.databaseUrl, system, migrate: false });
    const operations = createOperations({
      store,
      system,
      dataDir: portal.folder,
      scriptsDir: portal.scriptsDir,
      defaultTimezone: 'UTC',
      allowCommand: false,
      outgoingAllow: [],
      scriptRules: { allowedExtensions: config.values.allowedExtensions, maxBytes: config.values.scriptMaxBytes },
      retryDefaults: config.values.engine.retry,
    });
    const app = await createPortal({ operations, store, system, config, timezone: 'UTC', version: '0.0.0-test' });
    other = { base: await app.listen({ host: '127.0.0.1', port: 0 }), portal: app, store };
  });
  afterAll(async () => {
    await other.portal.close();
    await other.store.close();
    await portal.close();
  });

  function clientAt(base: string, credential: string | null): Client {
    return createClient((request) =>
      fetch(`${base}${request.path}`, {
        method: request.method,
        headers: { ...request.headers, ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
        ...(request.body === undefined ? {} : { body: request.body }),
      }),
    );
  }
  const by = (credential: string | null): Client => clientAt(portal.base, credential);
  const elsewhere = (credential: string): Client => clientAt(other.base, credential);

  test('somebody is invited, comes in by the link, and the link is spent (R-174)', async () => {
    const made = await portal.client.invite({ body: { email: 'tom@example.org', role: 'operator', approver: true } });
    expect(made.path).toBe(`/invitation#token=${made.token}`);
    expect((await portal.client.listInvitations()).items).toMatchObject([{ email: 'tom@example.org', id: made.id }]);
    expect(JSON.stringify(await portal.client.listInvitations())).not.toContain(made.token);
    const { token } = made;
    const nobody = by(null);
    expect(await nobody.readInvitation({ body: { token } })).toMatchObject({
      email: 'tom@example.org',
      role: 'operator',
    });
    const body = { token, name: 'Tom', password, timezone: 'Asia/Tokyo' };
    expect(await problemOf(nobody.acceptInvitation({ body: { ...body, password: 'short' } }))).toMatchObject({
      code: 'invalid',
      errors: [{ path: 'password' }],
    });
    const { access_token } = await nobody.acceptInvitation({ body });
    expect(await by(access_token).session()).toMatchObject({
      person: { name: 'Tom', role: 'operator', approver: true, timezone: 'Asia/Tokyo' },
      key: null,
    });
    expect(await problemOf(nobody.acceptInvitation({ body }))).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await problemOf(nobody.readInvitation({ body: { token } }))).toMatchObject({ status: 401 });
    expect((await portal.client.listInvitations()).items).toEqual([]);
    const again = await nobody.login({ body: { email: 'Tom@example.org', password } });
    expect((await by(again.access_token).session()).person?.name).toBe('Tom');
    const users = (await portal.client.listUsers()).items.filter(({ name }) => ['Mei', 'Tom'].includes(name));
    expect(users).toMatchObject([{ name: 'Mei' }, { name: 'Tom', active: true }]);
  });

  test('another role, being shut out and signed out count at once, at the other portal too (SEC-A11)', async () => {
    const { person, token } = await portal.someone('editor');
    const { items } = await portal.client.listUsers();
    const id = items.find(({ email }) => email === person.email)?.id ?? '';
    const job = { name: `by ${person.name}`, type: 'script', config: { script: 'hello.sh' } } as const;
    expect((await elsewhere(token).createJob({ body: job })).name).toBe(job.name);
    await portal.client.patchUser({ params: { id }, body: { role: 'viewer' } });
    expect(await problemOf(elsewhere(token).createJob({ body: { ...job, name: 'more' } }))).toMatchObject({
      status: 403,
      detail: expect.stringContaining('editor'),
    });
    expect(await portal.client.endSignIns({ params: { id } })).toEqual({ ended: 1 });
    expect(await problemOf(elsewhere(token).listJobs({}))).toMatchObject({ status: 401 });
    const { secret } = await portal.operations.keys.create(
      { name: 'k', scopes: ['read'] },
      { personId: person.id, name: person.name, via: 'page' },
    );
    await elsewhere(secret).listJobs({});
    await portal.client.patchUser({ params: { id }, body: { active: false } });
    expect(await problemOf(elsewhere(secret).listJobs({}))).toMatchObject({ status: 401 });
    await portal.client.patchUser({ params: { id }, body: { active: true } });
    await elsewhere(secret).listJobs({});
    expect(await portal.client.deleteUser({ params: { id } })).toEqual({ jobs: 1 });
    expect(await problemOf(elsewhere(secret).listJobs({}))).toMatchObject({ status: 401 });
  });

  test('the last administrator stays (SEC-B7)', async () => {
    const mei = (await portal.client.listUsers()).items.find(({ name }) => name === 'Mei');
    const params = { id: mei?.id ?? '' };
    for (const act of [
      () => portal.client.patchUser({ params, body: { role: 'editor' } }),
      () => portal.client.patchUser({ params, body: { active: false } }),
      () => portal.client.deleteUser({ params }),
    ])
      expect(await problemOf(act())).toMatchObject({ status: 409, code: 'last_admin' });
  });

  test('fields that nobody may set are refused (SEC-B4)', async () => {
    const { client } = await portal.someone('viewer');
    for (const field of ['role', 'isAdmin', 'active', 'approver', 'email', 'created_at'])
      expect(await problemOf(client.patchProfile({ body: { [field]: 'admin' } }))).toMatchObject({
        status: 422,
        errors: [{ path: field }],
      });
  });

  test('a key does what its scopes and the role of its owner allow, and no more (SEC-A13)', async () => {
    const { client, person } = await portal.someone('operator');
    const made = await client.createKey({ body: { name: 'deploy', scopes: ['run'] } });
    expect(made).toMatchObject({ mine: true, scopes: ['run'], scopes_in_force: ['run'], owner: { name: person.name } });
    const job = await portal.client.createJob({
      body: { name: `for ${person.name}`, type: 'script', config: { script: 'hello.sh' } },
    });
    const { run_id } = await by(made.secret).runJob({ params: { id: job.id }, body: {} });
    expect(await client.getRun({ params: { id: run_id } })).toMatchObject({
      trigger: 'api',
      requested_by: `deploy (key of ${person.name})`,
    });
    expect(await problemOf(by(made.secret).listJobs({}))).toMatchObject({
      status: 403,
      detail: 'This needs a key with the scope read.',
    });
    expect(await problemOf(by(made.secret).createKey({ body: { name: 'more', scopes: ['run'] } }))).toMatchObject({
      status: 403,
      detail: 'A key may not do this. Sign in instead.',
    });
    expect(await by(made.secret).session()).toMatchObject({ key: { name: 'deploy', scopes: ['run'] } });
    expect(await problemOf(client.createKey({ body: { name: 'much', scopes: ['write'] } }))).toMatchObject({
      errors: [{ path: 'scopes.0' }],
    });
    expect((await client.listKeys({})).items).toMatchObject([{ name: 'deploy', last_used_from: '127.0.0.1' }]);
    expect(JSON.stringify(await portal.client.listKeys({ query: { all: 'true' } }))).not.toContain(made.secret);
  });

  test('a key of another owner does not show, and is ended by an administrator alone (SEC-A13, SEC-B3)', async () => {
    const [{ client: ann }, { client: bea }] = [await portal.someone('editor'), await portal.someone('editor')];
    const { id, secret: key } = await ann.createKey({ body: { name: 'mine', scopes: ['read'] } });
    expect((await bea.listKeys({})).items).toEqual([]);
    expect(await problemOf(bea.listKeys({ query: { all: 'true' } }))).toMatchObject({ status: 403 });
    for (const act of [() => bea.revokeKey({ params: { id } }), () => bea.rotateKey({ params: { id } })])
      expect(await problemOf(act())).toMatchObject({ status: 404, code: 'not_found' });
    expect(await problemOf(portal.client.rotateKey({ params: { id } }))).toMatchObject({ status: 404 });
    const rotated = await ann.rotateKey({ params: { id }, body: { overlap_seconds: 60 } });
    expect(rotated.former_until).not.toBeNull();
    for (const each of [key, rotated.secret]) await by(each).listJobs({});
    const all = (await portal.client.listKeys({ query: { all: 'true' } })).items;
    expect(all.find((each) => each.id === id)).toMatchObject({ mine: false });
    await portal.client.revokeKey({ params: { id } });
    for (const each of [key, rotated.secret])
      expect(await problemOf(elsewhere(each).listJobs({}))).toMatchObject({ status: 401 });
  });

  test('a wrong key is answered as no credential is (SEC-A13)', async () => {
    const { client } = await portal.someone('viewer');
    const { id, secret: key } = await client.createKey({ body: { name: 'short-lived', scopes: ['read'] } });
    const away = await client.createKey({ body: { name: 'away', scopes: ['read'], addresses: ['192.0.2.0/24'] } });
    await client.revokeKey({ params: { id } });
    const slip = `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`;
    const none = await problemOf(by(null).listJobs({}));
    for (const wrong of [key, slip, away.secret, `${away.secret}x`]) {
      const { request_id: _, ...problem } = await problemOf(by(wrong).listJobs({}));
      expect(problem).toEqual({ ...none, request_id: undefined });
    }
  });

  test('people change their own name, zone and password, and end their sign-ins (R-174)', async () => {
    const { token } = await portal.client.invite({ body: { email: 'zoe@example.org', role: 'viewer' } });
    const first = await by(null).acceptInvitation({ body: { token, name: 'Zoe', password, timezone: 'UTC' } });
    const zoe = by(first.access_token);
    expect(await zoe.patchProfile({ body: { name: 'Zoë', timezone: 'Asia/Tokyo' } })).toMatchObject({ name: 'Zoë' });
    expect(await problemOf(zoe.patchProfile({ body: { timezone: 'Mars/X' } }))).toMatchObject({ status: 422 });
    const second = await by(null).login({ body: { email: 'zoe@example.org', password } });
    const { items } = await zoe.listSessions();
    expect(items.map(({ current }) => current)).toEqual([false, true]);
    await zoe.endSession({ params: { id: items[0]?.id ?? '' } });
    expect(await problemOf(by(second.access_token).listJobs({}))).toMatchObject({ status: 401 });
    const third = await by(null).login({ body: { email: 'zoe@example.org', password } });
    const wrong = { current_password: 'wrong', new_password: 'another good one' };
    expect(await problemOf(zoe.changePassword({ body: wrong }))).toMatchObject({
      errors: [{ path: 'current_password', message: 'is wrong' }],
    });
    await zoe.changePassword({ body: { ...wrong, current_password: password } });
    expect((await zoe.session()).person?.name).toBe('Zoë');
    expect(await problemOf(by(third.access_token).listJobs({}))).toMatchObject({ status: 401 });
    expect(await problemOf(by(null).login({ body: { email: 'zoe@example.org', password } }))).toMatchObject({
      status: 401,
    });
  });

  test('long passwords are one password in both forms of a letter, and too long ones are refused (SEC-A9)', async () => {
    const invite = async (email: string) => (await portal.client.invite({ body: { email, role: 'viewer' } })).token;
    const long = `é${'a'.repeat(1000)}`;
    const email = 'long@example.org';
    const token = await invite(email);
    const body = { token, name: 'Long', timezone: 'UTC', password: `${long}${'b'.repeat(40)}` };
    expect(await problemOf(by(null).acceptInvitation({ body }))).toMatchObject({ errors: [{ path: 'password' }] });
    await by(null).acceptInvitation({ body: { ...body, password: long } });
    const login = (given: string) => by(null).login({ body: { email, password: given } });
    await login(long.normalize('NFD'));
    for (const near of [long.slice(0, -1), long.slice(0, 72)])
      expect(await problemOf(login(near))).toMatchObject({ status: 401 });
    expect(await problemOf(login('a\0b'))).toMatchObject({ status: 422 });
  });
});

test('a sign-in that was planted before does not come in, and two sign-outs at once both succeed (SEC-A14)', async () => {
  const portal = await startTestPortal('SQLite', inject('postgresUrl'));
  const name = `jtp_session_${new URL(portal.base).port}`;
  const login = (cookie: string) =>
    fetch(`${portal.base}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ email: 'mei@example.org', password }),
    });
  const planted = 'planted'.repeat(6);
  const answer = await login(`${name}=${planted}`);
  const given = answer.headers.get('set-cookie') ?? '';
  expect(given).toMatch(new RegExp(`^${name}=[\\w-]{43};`));
  expect(given).toContain('HttpOnly');
  expect(given).toContain('SameSite=Lax');
  expect(given).not.toContain(planted);
  const { access_token } = (await answer.json()) as { access_token: string };
  expect((await fetch(`${portal.base}/api/jobs`, { headers: { cookie: `${name}=${planted}` } })).status).toBe(401);
  expect((await fetch(`${portal.base}/api/jobs`, { headers: { cookie: `${name}=${access_token}` } })).status).toBe(200);
  const secure = `__Host-jtp_session=${access_token}`;
  expect((await fetch(`${portal.base}/api/jobs`, { headers: { cookie: secure } })).status).toBe(401);
  const signOut = () =>
    fetch(`${portal.base}/api/auth/logout`, { method: 'POST', headers: { authorization: `Bearer ${access_token}` } });
  const statuses = (await Promise.all([signOut(), signOut()])).map(({ status }) => status);
  expect(statuses.every((status) => status === 204 || status === 401)).toBe(true);
  expect(statuses).toContain(204);
  await portal.close();
});
