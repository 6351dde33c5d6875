/** Sign-in of command lines: who lets them in, what they are told meanwhile, and what ends it. */
import { createClient, ProblemError, type Client, type DeviceStarted, type Problem } from 'job-trigger-contract';
import { hashOfToken } from 'job-trigger-core';
import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from '../test-portal.ts';

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

describe.each(['SQLite', 'PostgreSQL'] as const)('command lines that sign in on %s', (database) => {
  let portal: TestPortal;
  let stranger: Client;
  const clock = manualClock();
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock);
    stranger = by(null);
  });
  afterAll(() => portal.close());
  // How often somebody may begin is counted by the minute.
  beforeEach(() => clock.advance(60_000));

  function by(credential: string | null): Client {
    return createClient(({ path, method, headers, body }) =>
      fetch(`${portal.base}${path}`, {
        method,
        headers: { ...headers, ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
        ...(body === undefined ? {} : { body }),
      }),
    );
  }
  const start = (host = 'moon'): Promise<DeviceStarted> =>
    stranger.startDevice({ body: { client: 'jtp/1.2.0', host } });
  const ask = ({ device_code }: DeviceStarted) => stranger.deviceTokens({ body: { device_code } });
  const code = ({ user_code }: DeviceStarted) => ({ body: { user_code } });
  const rowsOf = async (action: string, personId: number) =>
    (await portal.store.audit.list({ actions: [action] }, { limit: 50 })).items.filter(
      ({ who }) => who.personId === personId,
    );

  test('one is let in by whoever confirms its code, once, and is one of their sign-ins', async () => {
    const { client, person } = await portal.someone('operator');
    const started = await start('m\u202Eoon');
    expect(started).toMatchObject({
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${portal.base}/device`,
      verification_uri_complete: `${portal.base}/device?code=${started.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(await problemOf(ask(started))).toMatchObject({ status: 409, code: 'authorization_pending', interval: 5 });
    const typed = started.user_code.toLowerCase().replace('-', ' ');
    expect(await client.lookDevice({ query: { user_code: typed } })).toMatchObject({
      client: 'jtp/1.2.0',
      host: 'moon',
      address: '127.0.0.1',
    });
    await client.approveDevice({ body: { user_code: typed } });
    clock.advance(5000);
    const tokens = await ask(started);
    expect(tokens).toMatchObject({ expires_in: 600, refresh_expires_in: 43_200, cookie: false });
    const terminal = by(tokens.access_token);
    expect((await terminal.session()).person).toMatchObject({ name: person.name, role: 'operator' });
    expect(await problemOf(ask(started))).toMatchObject({ status: 401, code: 'expired_token' });
    expect(await problemOf(client.approveDevice(code(started)))).toMatchObject({ status: 404 });
    const [row, ...others] = await rowsOf('device.allowed', person.id);
    expect(row).toMatchObject({ subject: { kind: 'person', name: person.name } });
    expect(row?.changes).toContainEqual({ field: 'host', before: null, after: 'moon' });
    expect(others).toEqual([]);

    const { items } = await client.listSessions();
    const place = items.find(({ current }) => !current);
    expect(place).toMatchObject({ user_agent: 'jtp/1.2.0 on moon', address: '127.0.0.1' });
    await client.endSession({ params: { id: place?.id ?? '' } });
    expect(await problemOf(terminal.listJobs())).toMatchObject({ status: 401 });
    const refresh_token = tokens.refresh_token ?? '';
    expect(await problemOf(stranger.refresh({ body: { refresh_token } }))).toMatchObject({ status: 401 });
  });

  test('one that is denied is told so once', async () => {
    const { client, person } = await portal.someone('viewer');
    const started = await start();
    await client.denyDevice(code(started));
    expect(await problemOf(client.approveDevice(code(started)))).toMatchObject({ status: 404 });
    expect(await problemOf(ask(started))).toMatchObject({ status: 403, code: 'access_denied' });
    expect(await problemOf(ask(started))).toMatchObject({ status: 401, code: 'expired_token' });
    expect(await rowsOf('device.denied', person.id)).toHaveLength(1);
  });

  test('whoever asks too soon is to ask less often, and is let in all the same', async () => {
    const { client } = await portal.someone('viewer');
    const started = await start();
    await problemOf(ask(started));
    expect(await problemOf(ask(started))).toMatchObject({ status: 429, code: 'slow_down', interval: 10 });
    await client.approveDevice(code(started));
    expect(await problemOf(ask(started))).toMatchObject({ code: 'slow_down', interval: 15 });
    clock.advance(15_000);
    expect(await ask(started)).toMatchObject({ token_type: 'Bearer' });
  });

  test('after ten minutes neither the code nor what it waits for counts', async () => {
    const { client } = await portal.someone('viewer');
    const [late, confirmed] = [await start(), await start()];
    clock.advance(595_000);
    await client.approveDevice(code(confirmed));
    clock.advance(5000);
    expect(await problemOf(client.approveDevice(code(late)))).toMatchObject({ status: 404 });
    for (const started of [late, confirmed, { ...late, device_code: 'none' }])
      expect(await problemOf(ask(started))).toMatchObject({ status: 401, code: 'expired_token' });
  });

  test('of two that ask at once with what was confirmed one comes in', async () => {
    const { client } = await portal.someone('viewer');
    const started = await start();
    await client.approveDevice(code(started));
    const both = await Promise.allSettled([ask(started), ask(started)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('what was confirmed is void once its person is signed out everywhere, or shut out (SEC-A11)', async () => {
    const admin = await portal.signIn();
    for (const end of ['sign-ins', 'account'] as const) {
      const { client } = await portal.someone('viewer');
      const started = await start();
      await client.approveDevice(code(started));
      const params = { id: (await client.session()).person?.id ?? '' };
      if (end === 'account') await admin.patchUser({ params, body: { active: false } });
      else await admin.endSignIns({ params });
      expect(await problemOf(ask(started))).toMatchObject({ code: 'expired_token' });
    }
  });

  test('a sign-in alone confirms, and shows anew who it is when it is old; a key does not', async () => {
    const { person, token, client } = await portal.someone('editor');
    const started = await start();
    const owner = { personId: person.id, name: person.name, via: 'page' } as const;
    const { secret } = await portal.operations.keys.create({ name: 'k', scopes: ['read', 'write'] }, owner);
    for (const [asker, status] of [
      [by(null), 401],
      [by(secret), 403],
    ] as const) {
      expect((await problemOf(asker.lookDevice({ query: { user_code: started.user_code } }))).status).toBe(status);
      expect((await problemOf(asker.approveDevice(code(started)))).status).toBe(status);
      expect((await problemOf(asker.denyDevice(code(started)))).status).toBe(status);
    }
    await portal.store.people.proveSignIn(hashOfToken(token), 0);
    expect(await problemOf(client.approveDevice(code(started)))).toMatchObject({ status: 403, code: 'proof_needed' });
    await client.denyDevice(code(started));
  });

  test('codes cannot be found by trying, and nobody begins without end (SEC-A7)', async () => {
    const { client } = await portal.someone('viewer');
    const started = await start();
    const look = (user_code: string) => client.lookDevice({ query: { user_code } });
    for (let tries = 0; tries < 9; tries += 1)
      expect(await problemOf(look('BBBB-BBBB'))).toMatchObject({ status: 404, code: 'not_found' });
    // Right ones do not count.
    await look(started.user_code);
    await look(started.user_code);
    await problemOf(client.approveDevice({ body: { user_code: 'none' } }));
    expect(await problemOf(look(started.user_code))).toMatchObject({ status: 429, code: 'rate_limited' });
    for (let tries = 0; tries < 9; tries += 1) await start();
    expect(await problemOf(start())).toMatchObject({ status: 429 });
  });

  test('no secret of it stands in the database (SEC-H5)', async () => {
    const started = await start();
    const row = await portal.store.devices.get(hashOfToken(started.device_code));
    const text = JSON.stringify(row);
    expect(text).not.toContain(started.device_code);
    expect(text).not.toContain(started.user_code);
  });
});
