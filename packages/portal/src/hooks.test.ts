import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Client, HookMade } from 'job-trigger-contract';
import { manualClock, type ManualClock } from 'job-trigger-core/testing';
import { startTestPortal, type TestPortal } from './test-portal.ts';

interface Sent {
  readonly body?: string;
  readonly id?: string;
  /** Seconds to add to the time of the signature. */
  readonly away?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

describe.each(['SQLite', 'PostgreSQL'] as const)('incoming hooks on %s', (database) => {
  let portal: TestPortal;
  let client: Client;
  let clock: ManualClock;
  let made = 0;
  beforeAll(async () => {
    clock = manualClock();
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock);
    client = portal.client;
  });
  afterAll(() => portal.close());

  const parameters = [
    { name: 'ref', type: 'string' as const, pattern: '[a-z/]+' },
    { name: 'count', type: 'integer' as const, default: 1 },
  ];

  async function hook(more: Partial<{ kind: 'signed' | 'keyed'; mapping: Record<string, string> }> = {}) {
    const job = await client.createJob({
      body: {
        name: `hooked ${(made += 1)}`,
        type: 'script',
        config: { script: 'hello.sh' },
        overlap: 'queue_all',
        parameters,
      },
    });
    return { job, ...(await client.createHook({ params: { id: job.id }, body: { name: 'deploys', ...more } })) };
  }

  /** Waits a minute first, so that no limit of another message is met. */
  async function post(path: string, init: RequestInit): Promise<Response> {
    clock.advance(61_000);
    return fetch(`${portal.base}${path}`, { method: 'POST', ...init });
  }

  async function send({ path, secret }: Pick<HookMade, 'path' | 'secret'>, sent: Sent = {}): Promise<Response> {
    const { body = '{}', id = `msg_${(made += 1)}`, away = 0, headers = {} } = sent;
    const at = String(Math.floor((clock.wall() + 61_000) / 1000) + away);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
    const signed = { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature };
    return post(path, { body, headers: { 'content-type': 'application/json', ...signed, ...headers } });
  }
  const runOf = async (answer: Response): Promise<string> => ((await answer.json()) as { run_id: string }).run_id;
  const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { code: string }).code;

  test('a signed message starts a run with the fields that are named as parameters are (R-353)', async () => {
    const it = await hook();
    const answer = await send(it, { body: '{"ref":"main","count":7,"other":{"a":[1]}}' });
    expect(answer.status).toBe(202);
    expect(await client.getRun({ params: { id: await runOf(answer) } })).toMatchObject({
      job_id: it.job.id,
      trigger: 'webhook',
      parameters: { ref: 'main', count: 7 },
      requested_by: 'Hook deploys',
      why: 'Hook deploys asked for it.',
    });
    const { items } = await client.listHooks({ params: { id: it.job.id } });
    expect(items).toMatchObject([{ name: 'deploys', kind: 'signed', last_used_at: expect.any(String) }]);
    expect(JSON.stringify(items)).not.toContain('whsec_');
  });

  test('a mapping says where in the body the values stand; what does not fit is refused as of any run', async () => {
    const it = await hook({ mapping: { ref: 'push.changes.0.branch' } });
    const body = '{"push":{"changes":[{"branch":"next"}]},"ref":"no","count":9}';
    const run = await runOf(await send(it, { body }));
    expect((await client.getRun({ params: { id: run } })).parameters).toEqual({ ref: 'next', count: 1 });
    const wrong = await send(it, { body: '{"push":{"changes":[{"branch":"UPPER"}]}}' });
    expect([wrong.status, await codeOf(wrong)]).toEqual([422, 'invalid']);
    expect((await send(it, { body: '[1]' })).status).toBe(422);
    expect((await send(it, { body: '{"a":' })).status).toBe(400);
    expect((await send(it, { body: '' })).status).toBe(202);
  });

  test('the same message again is the same run; the id with another body is no new one (SEC-I1)', async () => {
    const it = await hook();
    const first = await runOf(await send(it, { id: 'msg_again', body: '{"ref":"a"}' }));
    const again = await send(it, { id: 'msg_again', body: '{"ref":"a"}' });
    expect([again.status, again.headers.get('idempotent-replayed'), await runOf(again)]).toEqual([200, 'true', first]);
    const other = await send(it, { id: 'msg_again', body: '{"ref":"b"}' });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ errors: [{ path: 'webhook-id' }] });
    const many = await Promise.all([1, 2, 3].map(() => send(it, { id: 'msg_at_once' })));
    expect(new Set(await Promise.all(many.map(runOf))).size).toBe(1);
  });

  test('whatever is wrong is answered alike, and tells nothing (SEC-I1)', async () => {
    const it = await hook();
    const other = await hook();
    const unknown = { path: '/api/hooks/019a0000-0000-7000-8000-00000000ffff', secret: it.secret };
    const answers = [
      await send({ ...it, secret: other.secret }),
      await send(it, { away: -301 }),
      await send(it, { away: 301 }),
      await send(it, { headers: { 'webhook-signature': 'v1,AAAA' } }),
      await send(it, { headers: { 'webhook-id': 'changed' } }),
      await send(it, { headers: { 'webhook-timestamp': 'soon' } }),
      await post(it.path, { body: '{}' }),
      await post(it.path, { body: '{}', headers: { authorization: `Bearer ${it.secret}` } }),
      await post(it.path, { body: '{}', headers: { authorization: `Bearer ${portal.token}` } }),
      await send(unknown),
      await send({ path: '/api/hooks/none', secret: it.secret }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    const told = await Promise.all(
      answers.map(async (answer) => ({ ...((await answer.json()) as object), request_id: null })),
    );
    for (const each of told) expect(each).toEqual(told[0]);
    expect((await send(it, { headers: { 'webhook-signature': 'v1,AAAA v1a,b' } })).status).toBe(401);
    expect((await client.listRuns({ query: { job_id: it.job.id } })).items).toEqual([]);
    expect((await send(it, { away: -290 })).status).toBe(202);
    expect((await fetch(`${portal.base}${it.path}`)).status).toBe(404);
  });

  test('a keyed hook takes its key as a bearer token, and no other', async () => {
    const it = await hook({ kind: 'keyed' });
    const withKey = (key: string, more: Record<string, string> = {}) =>
      post(it.path, { body: '{"ref":"main"}', headers: { authorization: `Bearer ${key}`, ...more } });
    expect(it.secret).toMatch(/^hk_[\w-]{43}$/);
    const one = await withKey(it.secret);
    expect(one.status).toBe(202);
    expect(await runOf(await withKey(it.secret))).not.toBe(await runOf(one));
    const named = await runOf(await withKey(it.secret, { 'webhook-id': 'x' }));
    expect(await runOf(await withKey(it.secret, { 'webhook-id': 'x' }))).toBe(named);
    expect((await withKey(`${it.secret}x`)).status).toBe(401);
    expect((await post(it.path, { body: '{}' })).status).toBe(401);
  });

  test('a new secret stands beside the one before for a day (SEC-I1)', async () => {
    for (const kind of ['signed', 'keyed'] as const) {
      const it = await hook({ kind });
      const use = (secret: string) =>
        kind === 'signed'
          ? send({ path: it.path, secret })
          : post(it.path, { headers: { authorization: `Bearer ${secret}` } });
      const params = { id: it.job.id, hook_id: it.id };
      const { secret, former_secret_until } = await client.rotateHook({ params });
      expect(former_secret_until).not.toBeNull();
      expect([(await use(it.secret)).status, (await use(secret)).status]).toEqual([202, 202]);
      clock.advance(24 * 3_600_000);
      client = await portal.signIn();
      expect([(await use(it.secret)).status, (await use(secret)).status]).toEqual([401, 202]);
    }
  });

  test('switched off, deleted or of a deleted job it makes no run', async () => {
    const it = await hook();
    const params = { id: it.job.id, hook_id: it.id };
    await client.patchHook({ params, body: { active: false } });
    expect((await send(it)).status).toBe(409);
    await client.patchHook({ params, body: { active: true } });
    expect((await send(it)).status).toBe(202);
    await client.deleteHook({ params });
    expect((await send(it)).status).toBe(401);
    const gone = await hook();
    await client.deleteJob({ params: { id: gone.job.id }, query: {} });
    expect((await send(gone)).status).toBe(404);
    await client.deleteJob({ params: { id: gone.job.id }, query: { purge: 'true' } });
    expect((await send(gone)).status).toBe(401);
  });

  test('a paused job takes no run from it, as from any program', async () => {
    const it = await hook();
    await client.deactivateJob({ params: { id: it.job.id }, body: {} });
    const answer = await send(it);
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'job_inactive']);
  });

  test('a message has at most 64 kB (SEC-I1)', async () => {
    const it = await hook();
    expect((await send(it, { body: JSON.stringify({ x: 'y'.repeat(65_528) }) })).status).toBe(202);
    expect((await send(it, { body: JSON.stringify({ x: 'y'.repeat(65_529) }) })).status).toBe(413);
    expect((await send(it, { body: 'y'.repeat(1_100_000) })).status).toBe(413);
  });

  test('sixty messages a minute are taken of a hook, and ten wrong ones of an address (SEC-I2)', async () => {
    const it = await hook({ kind: 'keyed' });
    clock.advance(61_000);
    const use = async (key: string): Promise<number> =>
      (
        await fetch(`${portal.base}${it.path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'webhook-id': 'same' },
        })
      ).status;
    const found: number[] = [];
    for (let count = 0; count < 61; count += 1) found.push(await use(it.secret));
    expect([found[0], found[1], found[59], found[60]]).toEqual([202, 200, 200, 429]);
    const wrong: number[] = [];
    for (let count = 0; count < 11; count += 1) wrong.push(await use('hk_wrong'));
    expect([wrong[0], wrong[9], wrong[10]]).toEqual([401, 401, 429]);
    clock.advance(61_000);
    expect(await use(it.secret)).toBe(200);
  });

  test('names are of one job each; a mapping names parameters that there are', async () => {
    const it = await hook();
    const params = { id: it.job.id };
    await expect(client.createHook({ params, body: { name: 'DEPLOYS' } })).rejects.toMatchObject({
      problem: { code: 'name_taken' },
    });
    const body = { name: 'two', mapping: { branch: 'ref' } };
    await expect(client.createHook({ params, body })).rejects.toMatchObject({
      problem: { errors: [{ path: 'mapping.branch' }] },
    });
    const other = await hook();
    await expect(
      client.patchHook({ params: { id: other.job.id, hook_id: it.id }, body: { active: false } }),
    ).rejects.toMatchObject({ status: 404 });
    const { items } = await client.listEvents({ query: { kind: 'job.hook_added', limit: 1 } });
    expect(items[0]?.text).toContain('has another incoming hook');
  });
});
