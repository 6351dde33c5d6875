/** Sign-in through others, against a provider over real HTTP that lies on demand. */
import { request } from 'node:http';
import { createClient, ProblemError, type Client } from 'job-trigger-contract';
import { hashOfToken, realSystem, type Clock } from 'job-trigger-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from '../test-portal.ts';
import { startTestProvider, type Lies, type TestProvider } from '../test-provider.ts';

const publicUrl = 'https://jobs.example.org';

async function problemOf(call: Promise<unknown>): Promise<{ status: number; code: string; text: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProblemError)
      return { status: error.status, code: error.problem.code, text: error.problem.detail ?? '' };
    throw error;
  }
  throw new Error('This was not refused.');
}

/** What a token may be wrong in, each alone. */
const lies: readonly (readonly [string, Lies])[] = [
  ['the nonce of another sign-in', { nonce: 'n'.repeat(43) }],
  ['the name of another issuer', { issuer: 'https://evil.example' }],
  ['an audience of several', { audience: ['job-portal', 'another'], claims: { azp: 'job-portal' } }],
  ['an audience that is a list of this one', { audience: ['job-portal', 'job-portal'], claims: { azp: 'job-portal' } }],
  ['the audience of another', { audience: 'another' }],
  ['the public key as a shared secret (RS256 to HS256)', { signedBy: 'public key as secret' }],
  ['a key that the provider never published', { signedBy: 'another key' }],
  ['a key that it brings itself', { signedBy: 'another key', claims: { jku: 'https://evil.example/keys' } }],
  ['an end that is over', { claims: { exp: 1 } }],
  ['a subject that no table could keep', { subject: 'sub\0' }],
];

/** A browser as far as it matters: it keeps cookies, and goes where it is sent. */
class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly client: Client;
  constructor(base: string) {
    this.client = createClient(async ({ method, path, headers, body }) => {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const ours = { ...headers, cookie, origin: base, 'x-jtp-csrf': '1' };
      const answer = await fetch(`${base}${path}`, {
        method,
        headers: ours,
        ...(body === undefined ? {} : { body }),
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') this.cookies.delete(name);
        else this.cookies.set(name, value);
      }
      return answer;
    });
  }
}

describe.each(['SQLite', 'PostgreSQL'] as const)('sign-in through others on %s', (database) => {
  let provider: TestProvider;
  let portal: TestPortal;
  let browser: TestBrowser;
  let minutes = 0;

  beforeAll(async () => {
    provider = await startTestProvider();
    const common = { issuer: provider.issuer, client_id: provider.clientId, allow_private: true };
    const groups = { chiefs: 'admin', ops: 'operator' };
    const providers = [
      { ...common, name: 'acme', label: 'Acme' },
      { ...common, name: 'open', label: 'Open', auto_create: true },
      { ...common, name: 'mapped', auto_create: true, default_role: 'none', groups_claim: 'groups', groups },
      { ...common, name: 'far', allow_private: false },
    ];
    const secret = Object.fromEntries(
      ['ACME', 'OPEN', 'MAPPED'].map((name) => [`JOB_PORTAL_OIDC_${name}_CLIENT_SECRET`, provider.clientSecret]),
    );
    const real = realSystem().clock;
    const clock: Clock = { ...real, mono: () => real.mono() + minutes * 60_000 };
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock, {
      JOB_PORTAL_PUBLIC_URL: publicUrl,
      JOB_PORTAL_OIDC_PROVIDERS: JSON.stringify(providers),
      ...secret,
    });
  });
  afterAll(async () => {
    await portal.close();
    await provider.close();
  });
  beforeEach(() => {
    // Refusals are counted by the minute, and what is known of a provider counts for ten.
    minutes += 11;
    browser = new TestBrowser(portal.base);
    provider.away(false);
  });

  let subjects = 0;
  const fresh = (): string => `sub-${database}-${++subjects}`;

  async function away(name: string, body: { invitation?: string } = {}): Promise<URL> {
    return new URL((await browser.client.beginOidc({ params: { name }, body })).url);
  }

  const back = (name: string, address: URL, from = browser) =>
    from.client.finishOidc({ params: { name }, body: { query: address.search.slice(1) } });

  async function through(name: string, body: { invitation?: string } = {}) {
    return back(name, provider.comeBack((await away(name, body)).href));
  }

  /** Posts with a `Host` of its own, as `fetch` would not. */
  function asForged(path: string, host: string): Promise<string> {
    const headers = { host: 'localhost', 'x-forwarded-host': host, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request(`${portal.base}${path}`, { method: 'POST', headers }, (answer) => {
        let text = '';
        answer.on('data', (part) => (text += String(part)));
        answer.on('end', () => resolve(text));
      });
      asked.on('error', reject);
      asked.end('{}');
    });
  }

  /** Somebody invited, who came by the provider. */
  async function invited(role: 'viewer' | 'admin' = 'viewer'): Promise<{ subject: string; email: string }> {
    const subject = fresh();
    const email = `${subject}@example.org`.toLowerCase();
    const { token } = await portal.client.invite({ body: { email, role } });
    provider.says(subject, { name: 'Tom Baker', email: 'elsewhere@example.net', email_verified: true });
    await through('acme', { invitation: token });
    return { subject, email };
  }

  test('the buttons come from the settings, and the way back from the configured address (SEC-G6)', async () => {
    expect((await browser.client.listProviders()).items.map(({ label }) => label)).toEqual([
      'Acme',
      'Open',
      'mapped',
      'far',
    ]);
    const asked = (await away('acme')).searchParams;
    expect(asked.get('redirect_uri')).toBe(`${publicUrl}/sign-in/acme`);
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    const forged = await asForged('/api/auth/oidc/acme', 'evil.example');
    expect(forged).not.toContain('evil');
    // What came through somebody else cannot be told from a page of another site.
    expect(JSON.parse(forged)).toMatchObject({ status: 409, code: 'conflict' });
  });

  test('whoever is invited comes in by the provider, under the address of the invitation, and again without one', async () => {
    const { email } = await invited();
    expect(await browser.client.session()).toMatchObject({ person: { email, name: 'Tom Baker', role: 'viewer' } });
    const again = new TestBrowser(portal.base);
    browser = again;
    expect(await through('acme')).toMatchObject({ linked: false, tokens: { cookie: true } });
    expect(await again.client.session()).toMatchObject({ person: { email } });
    expect(again.cookies.size).toBe(1);
    expect((await portal.client.listInvitations()).items.filter((each) => each.email === email)).toEqual([]);
  });

  test('nobody unknown comes in unless the settings say so; then by a verified address that is nobody’s', async () => {
    provider.says(fresh(), { email: 'new@example.org', email_verified: true });
    expect(await problemOf(through('acme'))).toMatchObject({
      status: 403,
      text: expect.stringContaining('must invite'),
    });
    const subject = fresh();
    const email = `${subject}@example.org`.toLowerCase();
    provider.says(subject, { email, email_verified: false });
    expect(await problemOf(through('open'))).toMatchObject({ status: 403, text: expect.stringContaining('verified') });
    provider.says(subject, { email, email_verified: true, name: 'To\u202em\0 ' });
    await through('open');
    expect(await browser.client.session()).toMatchObject({ person: { email, name: 'Tom', role: 'viewer' } });
  });

  test('an address is no identity: neither an Admin’s, unverified or verified, nor one’s own under another subject (SEC-G8)', async () => {
    for (const email_verified of [false, true]) {
      provider.says(fresh(), { email: 'mei@example.org', email_verified });
      expect(await problemOf(through('open'))).toMatchObject({ status: 403 });
    }
    const { email } = await invited();
    provider.says(fresh(), { email, email_verified: true, name: 'Tom Baker' });
    expect(await problemOf(through('open'))).toMatchObject({ status: 403 });
    expect(browser.cookies.size).toBe(1);
  });

  test('groups give rights at each sign-in, and the last administrator stays one', async () => {
    const subject = fresh();
    const email = `${subject}@example.org`.toLowerCase();
    const as = (...groups: readonly string[]) =>
      provider.says(subject, { email, email_verified: true, groups: [...groups] });
    as('others');
    expect(await problemOf(through('mapped'))).toMatchObject({ text: expect.stringContaining('groups') });
    as('ops', 'others');
    await through('mapped');
    expect(await browser.client.session()).toMatchObject({ person: { role: 'operator' } });
    as('ops', 'chiefs');
    await through('mapped');
    expect(await browser.client.session()).toMatchObject({ person: { role: 'admin' } });
    const own = await portal.store.people.byEmail('mei@example.org');
    if (own === null) throw new Error('Mei is gone.');
    await portal.store.people.update({ ...own, role: 'viewer' });
    as('ops');
    await through('mapped');
    expect(await browser.client.session()).toMatchObject({ person: { role: 'admin' } });
    await portal.store.people.update(own);
    await through('mapped');
    expect(await browser.client.session()).toMatchObject({ person: { role: 'operator' } });
    as();
    expect(await problemOf(through('mapped'))).toMatchObject({ status: 403 });
  });

  test('whoever is shut out stays out, and an invitation is not spent on somebody known', async () => {
    const { email } = await invited();
    const { token } = await portal.client.invite({ body: { email: `second-${email}`, role: 'admin' } });
    expect(await problemOf(through('acme', { invitation: token }))).toMatchObject({ status: 409 });
    const user = (await portal.client.listUsers()).items.find((each) => each.email === email);
    await portal.client.patchUser({ params: { id: user?.id ?? '' }, body: { active: false } });
    expect(await problemOf(through('acme'))).toMatchObject({ status: 403, text: expect.stringContaining('shut out') });
  });

  test('a sign-in comes back once, in the browser that began, at its provider, within its time (SEC-G8)', async () => {
    await invited();
    const lost = { status: 401, code: 'unauthenticated' };
    const address = provider.comeBack((await away('acme')).href);
    const other = new URL(address);
    other.searchParams.set('state', 'x'.repeat(43));
    expect(await problemOf(back('acme', other))).toMatchObject(lost);
    const before = provider.exchanged();
    expect(await problemOf(back('acme', address, new TestBrowser(portal.base)))).toMatchObject(lost);
    // What another browser tried is over for this one too.
    expect(await problemOf(back('acme', address))).toMatchObject(lost);
    const good = provider.comeBack((await away('acme')).href);
    expect(await problemOf(back('open', good))).toMatchObject(lost);
    expect(provider.exchanged()).toBe(before);
    const last = provider.comeBack((await away('acme')).href);
    const cookies = new Map(browser.cookies);
    await back('acme', last);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect(await problemOf(back('acme', last))).toMatchObject(lost);
  });

  test('a code is of no use to a second sign-in, nor one that was got without PKCE (SEC-G8)', async () => {
    await invited();
    const first = provider.comeBack((await away('acme')).href);
    const second = provider.comeBack((await away('acme')).href);
    const mixed = new URL(second);
    mixed.searchParams.set('code', first.searchParams.get('code') ?? '');
    expect(await problemOf(back('acme', mixed))).toMatchObject({ status: 401 });
    const begun = await away('acme');
    begun.searchParams.delete('code_challenge');
    expect(await problemOf(back('acme', provider.comeBack(begun.href)))).toMatchObject({ status: 401 });
  });

  // What a token says is read before any database is asked: one of them shows all of it.
  test.each(database === 'SQLite' ? lies : lies.slice(0, 1))('a token with %s is refused (SEC-G8)', async (_, lie) => {
    await invited();
    await browser.client.logout();
    provider.lies(lie);
    expect(await problemOf(through('acme'))).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await browser.client.session()).toMatchObject({ person: null });
    provider.lies({});
    await through('acme');
  });

  test('an answer that names another issuer, or an error, is refused (SEC-G8)', async () => {
    await invited();
    const elsewhere = provider.comeBack((await away('acme')).href);
    elsewhere.searchParams.set('iss', 'https://evil.example');
    expect(await problemOf(back('acme', elsewhere))).toMatchObject({ status: 401 });
    const denied = provider.comeBack((await away('acme')).href);
    denied.searchParams.delete('code');
    denied.searchParams.set('error', 'access_denied');
    expect(await problemOf(back('acme', denied))).toMatchObject({ text: expect.stringContaining('access_denied') });
  });

  test('an address inside is asked only where the settings allow it, and a provider that is away is said to be', async () => {
    expect(await problemOf(away('far'))).toMatchObject({ status: 503 });
    expect(await problemOf(away('none'))).toMatchObject({ status: 404 });
    await away('acme');
    const address = provider.comeBack((await away('acme')).href);
    provider.away(true);
    expect(await problemOf(back('acme', address))).toMatchObject({ status: 503 });
  });

  test('a sign-in is added in person and taken off, but the only way in', async () => {
    const { email } = await invited();
    const links = await browser.client.listLinks();
    expect(links).toMatchObject({ password: false, items: [{ provider: 'Acme', account: 'elsewhere@example.net' }] });
    const only = { id: links.items[0]?.id ?? '' };
    expect(await problemOf(browser.client.removeLink({ params: only }))).toMatchObject({ status: 409 });
    provider.says(fresh(), { email: 'second@example.net' });
    const link = async () => provider.comeBack((await browser.client.beginLink({ params: { name: 'acme' } })).url);
    expect(await back('acme', await link())).toEqual({ linked: true, tokens: null });
    expect(await problemOf(link().then((address) => back('acme', address)))).toMatchObject({ code: 'name_taken' });
    const begun = await link();
    await browser.client.logout();
    expect(await problemOf(back('acme', begun))).toMatchObject({ status: 403 });
    await through('acme');
    expect(await browser.client.session()).toMatchObject({ person: { email } });
    await browser.client.removeLink({ params: only });
    expect((await browser.client.listLinks()).items).toMatchObject([{ account: 'second@example.net' }]);
    expect(await problemOf(browser.client.removeLink({ params: only }))).toMatchObject({ status: 404 });
    const { items } = await portal.client.listAudit({ query: { action: 'person.*', limit: 50 } });
    expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['person.linked', 'person.unlinked']));
  });

  test('who has no password comes in by none', async () => {
    const { email } = await invited();
    for (const password of ['', 'correct horse battery'])
      expect(await problemOf(new TestBrowser(portal.base).client.login({ body: { email, password } }))).toMatchObject({
        status: 401,
      });
  });

  test('keys that the provider itself exchanges count, after one refusal at most', async () => {
    await invited();
    await provider.changeKeys();
    await through('acme').catch(() => null);
    expect(await through('acme')).toMatchObject({ tokens: { cookie: true } });
  });

  test('the database keeps no secret of a sign-in that is under way', async () => {
    const begun = await away('acme');
    const [kept] = [...browser.cookies].filter(([name]) => name.includes('flow')).map(([, value]) => value);
    const flow = await portal.store.identities.take(hashOfToken(begun.searchParams.get('state') ?? ''));
    expect(JSON.stringify(flow)).not.toContain(kept);
    expect(flow?.browserHash).toMatch(/^[0-9a-f]{64}$/);
  });
});
