import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from '../test-portal.ts';

describe('limits of clients', () => {
  let portal: TestPortal;
  const clock = manualClock();
  beforeAll(async () => {
    const env = { JOB_PORTAL_RATE_PER_MINUTE: '20' };
    portal = await startTestPortal('SQLite', inject('postgresUrl'), null, null, clock, env);
  });
  afterAll(() => portal.close());

  async function ask(path: string, credential: string | null, times = 1): Promise<Response> {
    const headers = credential === null ? {} : { authorization: `Bearer ${credential}` };
    let last = await fetch(`${portal.base}${path}`, { headers });
    for (let left = times - 1; left > 0; left -= 1) {
      await last.arrayBuffer();
      last = await fetch(`${portal.base}${path}`, { headers });
    }
    return last;
  }

  async function keyOf(name: string): Promise<string> {
    return (await portal.client.createKey({ body: { name, scopes: ['read'] } })).secret;
  }

  test('one request more than allowed is refused to a key, and to no other client (R-183)', async () => {
    const [first, second] = [await keyOf('first'), await keyOf('second')];
    const last = await ask('/api/jobs?limit=1', first, 20);
    expect([last.status, last.headers.get('ratelimit-policy')]).toEqual([200, '"key";q=20;w=60']);
    expect(last.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/);
    clock.advance(20_000);
    const refused = await ask('/api/jobs?limit=1', first);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40']);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', retry_after_seconds: 40 });
    expect((await ask('/api/jobs?limit=1', second)).status).toBe(200);
    expect((await ask('/api/jobs?limit=1', portal.token)).status).toBe(200);
    clock.advance(40_000);
    expect((await ask('/api/jobs?limit=1', first)).status).toBe(200);
  });

  test('a person may ask ten times as often (R-183)', async () => {
    const { token } = await portal.someone('viewer');
    const last = await ask('/api/auth/me', token, 21);
    expect([last.status, last.headers.get('ratelimit-policy')]).toEqual([200, '"person";q=200;w=60']);
  });

  test('who shows nothing, or what is wrong, is counted by address; probes are counted beside that', async () => {
    clock.advance(60_000);
    expect((await ask('/api/jobs', null, 10)).status).toBe(401);
    expect((await ask('/api/jobs', 'x'.repeat(43), 10)).status).toBe(401);
    expect((await ask('/api/jobs', null)).status).toBe(429);
    expect((await ask('/api/health/live', null)).status).toBe(200);
    expect((await ask('/api/jobs?limit=1', portal.token)).status).toBe(200);
  });
});

describe('sign-ins', () => {
  let portal: TestPortal;
  const clock = manualClock();
  beforeAll(async () => {
    const env = { JOB_PORTAL_TRUSTED_PROXIES: '127.0.0.1' };
    portal = await startTestPortal('SQLite', inject('postgresUrl'), null, null, clock, env);
  });
  afterAll(() => portal.close());

  const login = (email: string, { address, password = 'wrong one' }: { address: string; password?: string }) =>
    fetch(`${portal.base}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ email, password }),
    });

  test('a thousand tries a minute at one person, from anywhere, get no further than ten; others sign in (SEC-A7)', async () => {
    const statuses = new Map<number, number>();
    for (let round = 0; round < 20; round += 1) {
      const tries = Array.from({ length: 50 }, (_, index) =>
        login('tom@example.org', { address: `10.0.${round}.${index}` }),
      );
      for (const { status } of await Promise.all(tries)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [401, 10],
      [429, 990],
    ]);
    const right = { address: '10.9.9.9', password: 'correct horse battery' };
    expect((await login('mei@example.org', right)).status).toBe(200);
    const locked = await login('tom@example.org', { address: '10.9.9.8' });
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '60']);
    // Nobody has this address: the lock tells nothing of who is known.
    expect(await locked.json()).toMatchObject({ detail: 'Too many tries. Try again in 60 s.' });
  });

  test('one address gets ten wrong ones a minute, and right ones do not count (SEC-A7)', async () => {
    const address = '10.8.0.1';
    for (let person = 0; person < 12; person += 1)
      expect((await login('mei@example.org', { address, password: 'correct horse battery' })).status).toBe(200);
    for (let person = 0; person < 10; person += 1)
      expect((await login(`p${person}@example.org`, { address })).status).toBe(401);
    expect((await login('p99@example.org', { address })).status).toBe(429);
    clock.advance(60_000);
    expect((await login('p99@example.org', { address })).status).toBe(401);
  });
});
