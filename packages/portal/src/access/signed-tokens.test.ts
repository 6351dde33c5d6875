/** Signed access tokens: what passes for one, what ends one, and how it is renewed. */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { request } from 'node:http';
import { createClient, ProblemError, type Client, type Problem, type Tokens } from 'job-trigger-contract';
import { hashOfToken } from 'job-trigger-core';
import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from '../test-portal.ts';

const password = 'correct horse battery';
const actor = { personId: null, name: 'test', via: 'library' } as const;

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** As our own are made, of texts, so that one can say what no library would. */
function signed(header: string, payload: string, key: KeyObject): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

describe.each(['SQLite', 'PostgreSQL'] as const)('signed access tokens on %s', (database) => {
  let portal: TestPortal;
  const clock = manualClock();
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock);
  });
  afterAll(() => portal.close());

  function by(credential: string | null): Client {
    return createClient(({ path, method, headers, body }) =>
      fetch(`${portal.base}${path}`, {
        method,
        headers: { ...headers, ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
        ...(body === undefined ? {} : { body }),
      }),
    );
  }
  const login = (email = 'mei@example.org'): Promise<Tokens> =>
    by(null).login({ body: { email, password, refresh: true } });
  const refresh = (token: string | undefined): Promise<Tokens> =>
    by(null).refresh({ body: { refresh_token: token ?? '' } });
  const statusOf = async (credential: string): Promise<number> =>
    (await fetch(`${portal.base}/api/jobs`, { headers: { authorization: `Bearer ${credential}` } })).status;
  async function newcomer(email: string): Promise<{ readonly id: string; readonly tokens: Tokens }> {
    const { token } = await (await portal.signIn()).invite({ body: { email, role: 'operator' } });
    const body = { token, name: email, password, timezone: 'UTC' };
    const { access_token } = await by(null).acceptInvitation({ body });
    return { id: (await by(access_token).session()).person?.id ?? '', tokens: await login(email) };
  }

  test('it is given where it is asked for, lasts ten minutes, and comes with no cookie', async () => {
    const tokens = await login();
    expect(tokens).toMatchObject({ expires_in: 600, refresh_expires_in: 43_200, cookie: false });
    expect(await by(tokens.access_token).session()).toMatchObject({ person: { name: 'Mei', role: 'admin' } });
    clock.advance(599_000);
    expect(await statusOf(tokens.access_token)).toBe(200);
    clock.advance(1000);
    expect(await statusOf(tokens.access_token)).toBe(401);
    const plain = await by(null).login({ body: { email: 'mei@example.org', password } });
    expect(plain).toMatchObject({ expires_in: 43_200, cookie: true });
    expect(Object.keys(plain)).not.toContain('refresh_token');
    for (const secret of [tokens.refresh_token ?? '', tokens.access_token])
      expect((await fetch(`${portal.base}/api/jobs`, { headers: { cookie: `jtp_session=${secret}` } })).status).toBe(
        401,
      );
    expect(await statusOf(tokens.refresh_token ?? '')).toBe(401);
  });

  test('a forged one is answered as none is (SEC-A10)', async () => {
    const { access_token: real } = await login();
    const [, payloadPart = ''] = real.split('.');
    const { kid, seed } = await portal.operations.tokenKeys.current(actor);
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const ours = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(ours);
    const theirs = generateKeyPairSync('ed25519');
    const theirJwk = theirs.publicKey.export({ format: 'jwk' });
    const header = { alg: 'EdDSA', typ: 'at+jwt', kid };
    const payload = JSON.parse(Buffer.from(payloadPart, 'base64url').toString()) as Record<string, unknown>;
    const of = (head: object, claims: object = payload, key: KeyObject = ours): string =>
      signed(JSON.stringify(head), JSON.stringify(claims), key);
    expect(await statusOf(of(header))).toBe(200);

    const unsigned = `${base64url(JSON.stringify({ ...header, alg: 'none' }))}.${payloadPart}`;
    const byHash = `${base64url(JSON.stringify({ ...header, alg: 'HS256' }))}.${payloadPart}`;
    const hmac = (secret: string | Buffer): string =>
      `${byHash}.${createHmac('sha256', secret).update(byHash).digest('base64url')}`;
    const { exp: _exp, ...unending } = payload;
    const { aud: _aud, ...forNobody } = payload;
    const { nbf: _nbf, ...always } = payload;
    const { sid: _sid, ...ofNoSignIn } = payload;
    const now = Number(payload['iat']);
    const { tokens: tom } = await newcomer(`forged-${database}@example.org`);
    const tomsSub = (
      JSON.parse(Buffer.from(tom.access_token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
    ).sub;
    const twice = JSON.stringify(payload).replace('{', `{"sub":"${tomsSub}",`);
    const forged: Readonly<Record<string, string>> = {
      'no algorithm': `${unsigned}.`,
      'no algorithm, with a signature': `${unsigned}.${real.split('.')[2]}`,
      'HMAC by the public key as text': hmac(publicKey.export({ format: 'pem', type: 'spki' })),
      'HMAC by the public key as bytes': hmac(publicKey.export({ format: 'der', type: 'spki' })),
      'HMAC by its x': hmac(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')),
      'another type': of({ ...header, typ: 'JWT' }),
      'no type': of({ alg: 'EdDSA', kid }),
      'for nobody': of(header, forNobody),
      'for others': of(header, { ...payload, aud: 'other/api' }),
      'by others': of(header, { ...payload, iss: 'https://evil.example' }),
      'an end that is a text': of(header, { ...payload, exp: String(payload['exp']) }),
      'no end': of(header, unending),
      'an end in a year': of(header, { ...payload, iat: now - 601, exp: now + 31_536_000 }),
      over: of(header, { ...payload, exp: now - 1 }),
      'not yet': of(header, { ...payload, nbf: now + 60 }),
      'from any time': of(header, always),
      'of no sign-in': of(header, ofNoSignIn),
      'of a sign-in that there is not': of(header, { ...payload, sid: hashOfToken('none') }),
      'of another’s sign-in': of(header, { ...payload, sub: tomsSub }),
      'a key by path': of({ ...header, kid: '../../dev/null' }),
      'no key': of({ alg: 'EdDSA', typ: 'at+jwt' }),
      'a key of theirs by address': of({ ...header, jku: 'https://evil.example/keys' }, payload, theirs.privateKey),
      'a certificate of theirs': of({ ...header, x5u: 'https://evil.example/cert' }, payload, theirs.privateKey),
      'a key of theirs within': of({ ...header, jwk: theirJwk }, payload, theirs.privateKey),
      'a key of theirs within, by its own name': of(
        { ...header, kid: 'mine', jwk: theirJwk },
        payload,
        theirs.privateKey,
      ),
      'a claim twice': signed(JSON.stringify(header), twice, ours),
      'an algorithm twice': signed(
        JSON.stringify(header).replace('{', '{"alg":"none",'),
        JSON.stringify(payload),
        ours,
      ),
      'something that must be understood': of({ ...header, crit: ['x'], x: 1 }),
      'no object': signed(JSON.stringify(header), '[]', ours),
      'another payload': `${real.split('.')[0]}.${base64url(JSON.stringify({ ...payload, sub: 'x' }))}.${real.split('.')[2]}`,
      'too long': of(header, { ...payload, more: 'x'.repeat(8000) }),
    };
    const { request_id: _, ...none } = await problemOf(by(null).listJobs({}));
    for (const [what, token] of Object.entries(forged)) {
      const { request_id: __, ...problem } = await problemOf(by(token).listJobs({}));
      expect([what, problem]).toEqual([what, none]);
    }
    expect(await statusOf(of({ ...header, jku: 'https://evil.example/keys', jwk: theirJwk }))).toBe(200);
  });

  test('one of two megabytes is not even read (SEC-A10)', async () => {
    const status = await new Promise((resolve) => {
      const headers = { authorization: `Bearer a.${'x'.repeat(2_000_000)}.c` };
      const asked = request(`${portal.base}/api/jobs`, { headers, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      // The server closes while the rest is still being sent.
      asked.on('error', () => resolve(431));
      asked.end();
    });
    expect(status).toBe(431);
  });

  test('it ends with its sign-in, its person and its password, and carries no right of its own (SEC-A11)', async () => {
    const { id, tokens } = await newcomer(`ends-${database}@example.org`);
    const params = { id };
    expect(await problemOf(by(tokens.access_token).listUsers())).toMatchObject({ status: 403 });
    await (await portal.signIn()).patchUser({ params, body: { role: 'admin' } });
    expect((await by(tokens.access_token).listUsers()).items).not.toEqual([]);
    await (await portal.signIn()).patchUser({ params, body: { role: 'viewer' } });
    expect(await problemOf(by(tokens.access_token).listUsers())).toMatchObject({ status: 403 });
    const second = await login(`ends-${database}@example.org`);
    await by(second.access_token).changePassword({ body: { current_password: password, new_password: password } });
    expect([await statusOf(second.access_token), await statusOf(tokens.access_token)]).toEqual([200, 401]);
    expect(await problemOf(refresh(tokens.refresh_token))).toMatchObject({ status: 401 });
    await by(second.access_token).logout();
    expect(await statusOf(second.access_token)).toBe(401);
    expect(await problemOf(refresh(second.refresh_token))).toMatchObject({ status: 401 });
    const third = await login(`ends-${database}@example.org`);
    await (await portal.signIn()).patchUser({ params, body: { active: false } });
    expect(await statusOf(third.access_token)).toBe(401);
    expect(await problemOf(refresh(third.refresh_token))).toMatchObject({ status: 401 });
  });

  test('it is renewed by a token that works once, and goes on where it was (R-174)', async () => {
    const first = await login();
    clock.advance(601_000);
    const second = await refresh(first.refresh_token);
    expect(second).toMatchObject({ expires_in: 600, cookie: false });
    expect([await statusOf(first.access_token), await statusOf(second.access_token)]).toEqual([401, 200]);
    const { items } = await by(second.access_token).listSessions();
    expect(items.filter(({ current }) => current)).toHaveLength(1);
    clock.advance(12 * 3_600_000);
    expect(await problemOf(refresh(second.refresh_token))).toMatchObject({ status: 401 });
  });

  test('a refresh token that comes again ends its family, and nobody else’s, with a row in the audit (SEC-A12)', async () => {
    const [first, other] = [await login(), await login()];
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.refresh_token);
    expect(await statusOf(third.access_token)).toBe(200);
    const { request_id: _, ...problem } = await problemOf(refresh(first.refresh_token));
    const { request_id: __, ...unknown } = await problemOf(refresh('never given'));
    expect([problem.status, problem]).toEqual([401, unknown]);
    for (const { access_token } of [second, third]) expect(await statusOf(access_token)).toBe(401);
    expect(await problemOf(refresh(third.refresh_token))).toMatchObject({ status: 401 });
    expect(await statusOf(other.access_token)).toBe(200);
    const { items } = await (await portal.signIn()).listAudit({ query: { action: 'sign_in.replayed' } });
    expect(items[0]).toMatchObject({ who: { name: 'Mei', address: '127.0.0.1' }, subject: { name: 'Mei' } });
  });

  test('of two who use one refresh token at once at most one goes on, and not for long (SEC-A12)', async () => {
    const { refresh_token } = await login();
    const settled = await Promise.allSettled([refresh(refresh_token), refresh(refresh_token)]);
    const given = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { access_token } of given) expect(await statusOf(access_token)).toBe(401);
  });

  test('keys of the ring are sealed, and each signs for thirty days', async () => {
    const before = await portal.operations.tokenKeys.current(actor);
    const { access_token } = await login();
    const [stored] = await portal.store.tokens.keys();
    expect(stored?.sealed).not.toContain(Buffer.from(before.seed).toString('base64url'));
    expect((await portal.operations.tokenKeys.current(actor)).kid).toBe(before.kid);
    await portal.store.tokens.pruneKeys(Number.MAX_SAFE_INTEGER);
    expect(await statusOf(access_token)).toBe(401);
    const { kid } = await portal.operations.tokenKeys.current(actor);
    expect(kid).not.toBe(before.kid);
    clock.advance(30 * 86_400_000);
    const makers = [portal.operations.tokenKeys.current(actor), portal.operations.tokenKeys.current(actor)];
    const [one, two] = await Promise.all(makers);
    expect(one?.kid).toBe(two?.kid);
    expect(one?.kid).not.toBe(kid);
    expect(await portal.operations.tokenKeys.of(kid)).not.toBeNull();
    clock.advance(2 * 86_400_000);
    expect(await portal.operations.tokenKeys.of(kid)).toBeNull();
  });
});
