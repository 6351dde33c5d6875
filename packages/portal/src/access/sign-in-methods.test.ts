import { createClient, ProblemError, type Client, type Problem } from 'job-trigger-contract';
import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { TestAuthenticator } from '../test-authenticator.ts';
import { codeAt } from '../test-one-time-code.ts';
import { startTestPortal, type TestPortal } from '../test-portal.ts';

const password = 'correct horse battery';
const origin = 'https://jobs.example.org';

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

describe.each(['SQLite', 'PostgreSQL'] as const)('sign-in methods on %s', (database) => {
  let portal: TestPortal;
  const clock = manualClock();
  beforeAll(async () => {
    const env = { JOB_PORTAL_PUBLIC_URL: origin };
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock, env);
  });
  afterAll(() => portal.close());

  function by(credential: string | null): Client {
    return createClient((request) =>
      fetch(`${portal.base}${request.path}`, {
        method: request.method,
        headers: { ...request.headers, ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
        ...(request.body === undefined ? {} : { body: request.body }),
      }),
    );
  }
  const nobody = by(null);
  const rowsOf = async (action: string) => (await portal.client.listAudit({ query: { action, limit: 50 } })).items;
  /** By the clock of the database, which on PostgreSQL goes on while the test's stands still. */
  const codeNow = async (secret: string): Promise<string> => codeAt(secret, await portal.store.now());
  const wrongOf = (right: string): string => (right === '000000' ? '111111' : '000000');

  let named = 0;
  /** Somebody new with a password, signed in. */
  async function newcomer() {
    const email = `person-${(named += 1)}@example.org`;
    const { token } = await portal.operations.people.invite(
      { email, role: 'viewer' },
      { personId: null, name: 'mei', via: 'library' },
    );
    const body = { token, name: `Person ${named}`, password, timezone: 'UTC' };
    const { access_token } = await nobody.acceptInvitation({ body });
    // Tries of the minute before count no more.
    clock.advance(60_000);
    return { email, client: by(access_token) };
  }

  async function withCodes() {
    const { email, client } = await newcomer();
    const { secret } = await client.beginCodes();
    const { recovery_codes: recovery } = await client.confirmCodes({ body: { code: await codeNow(secret) } });
    clock.advance(30_000);
    return { email, client, secret, recovery };
  }

  /** The first step of signing in, by the password. */
  async function firstStep(email: string): Promise<string> {
    const problem = await problemOf(nobody.login({ body: { email, password } }));
    expect(problem).toMatchObject({ status: 401, code: 'second_factor_needed', expires_in: 300 });
    return String(problem['token']);
  }

  const second = (token: string, code: string) => nobody.secondStep({ body: { token, code } });

  test('with codes on, the password alone does not come in; the code does, once (SEC-A15)', async () => {
    const { email, client, secret } = await withCodes();
    expect(await client.signInMethods()).toMatchObject({ one_time_codes: { recovery_codes: 10 }, passkeys: [] });
    const token = await firstStep(email);
    expect(await problemOf(by(token).listJobs({}))).toMatchObject({ status: 401 });
    const code = await codeNow(secret);
    const other = await firstStep(email);
    const { access_token } = await second(token, code);
    expect((await by(access_token).session()).person?.email).toBe(email);
    expect(await problemOf(second(token, code))).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await problemOf(second(other, code))).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  test('a recovery code comes in once, and is told of (SEC-A15)', async () => {
    const { email, recovery, client } = await withCodes();
    const [code = ''] = recovery;
    await second(await firstStep(email), code.toUpperCase().replaceAll('-', ' '));
    expect(await problemOf(second(await firstStep(email), code))).toMatchObject({ status: 401 });
    expect((await client.signInMethods()).one_time_codes?.recovery_codes).toBe(9);
    const { recovery_codes: renewed } = await client.renewRecoveryCodes();
    expect(renewed).toHaveLength(10);
    expect(await problemOf(second(await firstStep(email), recovery[1] ?? ''))).toMatchObject({ status: 401 });
    await second(await firstStep(email), renewed[0] ?? '');
  });

  test('five wrong codes end the second step, the right one after them too; wrong passwords tell nothing of codes', async () => {
    const { email, client, secret } = await withCodes();
    const token = await firstStep(email);
    const wrong = wrongOf(await codeNow(secret));
    for (let tries = 0; tries < 5; tries += 1)
      expect(await problemOf(second(token, wrong))).toMatchObject({
        detail: 'The code is wrong, or was used already.',
      });
    const over = { status: 401, detail: 'This sign-in is over. Begin anew.' };
    expect(await problemOf(second(token, await codeNow(secret)))).toMatchObject(over);
    expect(await problemOf(second('none', await codeNow(secret)))).toMatchObject(over);
    const refused = await problemOf(nobody.login({ body: { email, password: 'wrong one' } }));
    expect(refused).toMatchObject({ code: 'unauthenticated', detail: 'E-mail or password is wrong.' });
    const rows = (await rowsOf('sign_in.failed')).slice(0, 6);
    expect(new Set(rows.map(({ subject }) => subject.name))).toEqual(new Set([(await client.session()).person?.name]));
  });

  test('a second step is over after five minutes, and when the password has changed meanwhile', async () => {
    const { email, client, secret } = await withCodes();
    const late = await firstStep(email);
    clock.advance(300_000);
    expect(await problemOf(second(late, await codeNow(secret)))).toMatchObject({ status: 401 });
    const token = await firstStep(email);
    await client.changePassword({ body: { current_password: password, new_password: password } });
    expect(await problemOf(second(token, await codeNow(secret)))).toMatchObject({ status: 401 });
  });

  test('wrong codes count with wrong passwords, and a right password does not count them anew (SEC-A7)', async () => {
    const { email, secret } = await withCodes();
    const wrong = wrongOf(await codeNow(secret));
    const statuses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const problem = await problemOf(nobody.login({ body: { email, password } }));
      statuses.push(problem.status);
      for (let tries = 0; tries < 4; tries += 1)
        statuses.push((await problemOf(second(String(problem['token']), wrong))).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)]);
  });

  test('signed in for ten minutes, people show once more who they are before what is sensitive', async () => {
    const { client, secret } = await withCodes();
    const make = (name: string) => client.createKey({ body: { name, scopes: ['read'] } });
    await make('early');
    clock.advance(10 * 60_000);
    expect(await problemOf(make('late'))).toMatchObject({ status: 403, code: 'proof_needed' });
    expect(await problemOf(client.removeCodes())).toMatchObject({ code: 'proof_needed' });
    await client.listKeys({});
    expect(await problemOf(client.prove({ body: {} }))).toMatchObject({ status: 422 });
    expect(await problemOf(client.prove({ body: { password, code: '000000' } }))).toMatchObject({ status: 422 });
    expect(await problemOf(client.prove({ body: { password: 'wrong one' } }))).toMatchObject({
      errors: [{ path: 'password', message: 'is wrong' }],
    });
    const code = await codeNow(secret);
    await client.prove({ body: { code } });
    expect((await rowsOf('sign_in.proven')).length).toBeGreaterThan(0);
    await make('late');
    clock.advance(11 * 60_000);
    expect(await problemOf(client.prove({ body: { code } }))).toMatchObject({ errors: [{ path: 'code' }] });
    await client.prove({ body: { password } });
    await client.removeCodes();
    expect((await client.signInMethods()).one_time_codes).toBeNull();
  });

  test('a key is not asked for a proof: it is a credential of its own, within its scope', async () => {
    const admin = await portal.signIn();
    const { secret } = await admin.createKey({ body: { name: `robot ${(named += 1)}`, scopes: ['admin'] } });
    const { email } = await newcomer();
    const id = (await admin.listUsers()).items.find((user) => user.email === email)?.id ?? '';
    clock.advance(11 * 60_000);
    const change = { params: { id }, body: { role: 'operator' } } as const;
    expect(await problemOf(admin.patchUser(change))).toMatchObject({ code: 'proof_needed' });
    expect(await by(secret).patchUser(change)).toMatchObject({ role: 'operator' });
  });

  async function withPasskey() {
    const { email, client } = await newcomer();
    const authenticator = new TestAuthenticator(origin);
    const asked = await client.passkeyOptions();
    const body = { token: asked.token, name: 'phone', credential: authenticator.make(asked) };
    const passkey = await client.addPasskey({ body });
    return { email, client, authenticator, passkey, body };
  }

  test('a passkey is added, comes in without password and code, and is removed', async () => {
    const { email, client, authenticator, passkey, body } = await withPasskey();
    expect(passkey).toMatchObject({ name: 'phone', last_used_at: null });
    expect(await problemOf(client.addPasskey({ body }))).toMatchObject({ errors: [{ path: 'credential' }] });
    const asked = await nobody.passkeyChallenge();
    const answer = { token: asked.token, credential: authenticator.show(asked) };
    const { access_token } = await nobody.passkeySignIn({ body: answer });
    expect((await by(access_token).session()).person?.email).toBe(email);
    expect(await problemOf(nobody.passkeySignIn({ body: answer }))).toMatchObject({ status: 401 });
    expect((await client.signInMethods()).passkeys).toMatchObject([{ last_used_at: expect.any(String) }]);
    clock.advance(11 * 60_000);
    const late = { params: { id: passkey.id } };
    expect(await problemOf(client.removePasskey(late))).toMatchObject({ code: 'proof_needed' });
    const again = await client.proofChallenge();
    await client.prove({ body: { passkey: { token: again.token, credential: authenticator.show(again) } } });
    await client.removePasskey(late);
    const gone = await nobody.passkeyChallenge();
    const shown = { token: gone.token, credential: authenticator.show(gone) };
    expect(await problemOf(nobody.passkeySignIn({ body: shown }))).toMatchObject({ status: 401 });
  });

  test('an answer from another page, of an old count, for another purpose or without the person does not come in', async () => {
    const { client, authenticator } = await withPasskey();
    const flaws = [
      { origin: 'https://jobs.example.com' },
      { rpId: 'example.com' },
      { challenge: 'AAAA' },
      { unverified: true },
      { userHandle: 'MQ' },
    ];
    for (const flaw of flaws) {
      const asked = await nobody.passkeyChallenge();
      const credential = authenticator.show(asked, flaw);
      expect(await problemOf(nobody.passkeySignIn({ body: { token: asked.token, credential } }))).toMatchObject({
        status: 401,
        detail: 'This passkey does not come in. Use another way.',
      });
      clock.advance(60_000);
    }
    const own = await client.proofChallenge();
    const misused = { token: own.token, credential: authenticator.show(own) };
    expect(await problemOf(nobody.passkeySignIn({ body: misused }))).toMatchObject({ status: 401 });
    const right = await nobody.passkeyChallenge();
    await nobody.passkeySignIn({ body: { token: right.token, credential: authenticator.show(right, { count: 90 }) } });
    const copied = await nobody.passkeyChallenge();
    const credential = authenticator.show(copied, { count: 90 });
    expect(await problemOf(nobody.passkeySignIn({ body: { token: copied.token, credential } }))).toMatchObject({
      status: 401,
    });
    const late = await nobody.passkeyChallenge();
    clock.advance(300_000);
    const old = { token: late.token, credential: authenticator.show(late, { count: 91 }) };
    expect(await problemOf(nobody.passkeySignIn({ body: old }))).toMatchObject({ status: 401 });
  });

  test('a passkey of somebody else proves nothing, and a statement with certificates is not read', async () => {
    const [first, other] = [await withPasskey(), await withPasskey()];
    const asked = await first.client.proofChallenge();
    const passkey = { token: asked.token, credential: other.authenticator.show(asked) };
    expect(await problemOf(first.client.prove({ body: { passkey } }))).toMatchObject({ errors: [{ path: 'passkey' }] });
    const fresh = new TestAuthenticator(origin);
    const options = await first.client.passkeyOptions();
    const certified = fresh.make(options, {}, new Map([['x5c', Buffer.from('certificate')]]));
    const body = { token: options.token, name: 'work', credential: certified };
    expect(await problemOf(first.client.addPasskey({ body }))).toMatchObject({ errors: [{ path: 'credential' }] });
  });

  test('an administrator sees who has a second factor, and clears it', async () => {
    const { email } = await withCodes();
    const admin = await portal.signIn();
    const find = async () => (await admin.listUsers()).items.find((user) => user.email === email);
    expect((await find())?.second_factors).toEqual({ one_time_codes: true, passkeys: 0 });
    const params = { id: (await find())?.id ?? '' };
    expect(await admin.clearSecondFactors({ params })).toEqual({ one_time_codes: true, passkeys: 0 });
    const { access_token } = await nobody.login({ body: { email, password } });
    expect(await problemOf(by(access_token).clearSecondFactors({ params }))).toMatchObject({ status: 403 });
  });
});

test('passkeys are for a fixed name: without server.public_url there is none beyond localhost', async () => {
  const portal = await startTestPortal('SQLite', inject('postgresUrl'));
  const { port } = new URL(portal.base);
  const hint = `open the portal as http://localhost:${port}`;
  expect((await portal.client.signInMethods()).passkeys_refused).toContain(hint);
  expect(await problemOf(portal.client.passkeyOptions())).toMatchObject({ code: 'conflict' });
  const forged = await portal.raw('/api/auth/methods', { headers: { 'x-forwarded-for': '192.0.2.1' } });
  expect(await forged.json()).toMatchObject({ passkeys_refused: expect.stringContaining('server.public_url') });
  await portal.close();
});

test('where everybody must have a second factor, whoever has none does nothing else before; keys are not asked', async () => {
  const env = { JOB_PORTAL_REQUIRE_SECOND_FACTOR: 'true' };
  const portal = await startTestPortal('SQLite', inject('postgresUrl'), null, null, null, env);
  const { client } = portal;
  expect(await problemOf(client.listJobs({}))).toMatchObject({ status: 403, code: 'second_factor_missing' });
  expect((await portal.raw('/api/stream')).status).toBe(403);
  expect(await client.session()).toMatchObject({ second_factor_missing: true });
  const { person } = await portal.someone('viewer');
  const owner = { personId: person.id, name: person.name, via: 'page' } as const;
  const { secret: key } = await portal.operations.keys.create({ name: 'robot', scopes: ['read'] }, owner);
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${portal.base}/api/jobs`, { headers })).status).toBe(200);
  const { secret } = await client.beginCodes();
  expect(await problemOf(client.listJobs({}))).toMatchObject({ code: 'second_factor_missing' });
  await client.confirmCodes({ body: { code: codeAt(secret, await portal.store.now()) } });
  await client.listJobs({});
  expect(await client.session()).toMatchObject({ second_factor_missing: false });
  await portal.close();
});
