import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { createClient, endpoints, type Client, type EndpointName } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPortal, type PortalProcess } from '../../../test/setup/portal-process.ts';
import { differs, type OpenApi } from './test-openapi.ts';

const snapshot = resolve(import.meta.dirname, '../../../docs/reference/openapi.json');
const me = { email: 'mei@example.org', password: 'correct horse battery' };

let portal: PortalProcess;
let document: OpenApi;
beforeAll(async () => {
  portal = await startPortal({ administrator: false });
  document = (await (await fetch(`${portal.base}/api/openapi.json`)).json()) as OpenApi;
  const stranger = clientWith({});
  expect(await stranger.session()).toMatchObject({ setup_needed: true, person: null });
  const token = /setup#token=(\S+)/.exec(portal.said())?.[1] ?? '';
  await stranger.setup({ body: { ...me, token, name: 'Mei', timezone: 'Asia/Hong_Kong' } });
});
afterAll(() => portal?.stop());

const called = new Set<string>();
const differences: string[] = [];

/** A client that notes which endpoint answered, and where an answer is not what the document says. */
function clientWith(headers: Readonly<Record<string, string>>): Client {
  const client = createClient(async (request) => {
    const { method, path, body } = request;
    const answer = await fetch(`${portal.base}${path}`, {
      method,
      headers: { ...headers, ...request.headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const difference = answer.ok ? differs(document, { method, path, status: answer.status, text }) : null;
    if (difference !== null) differences.push(difference);
    return { status: answer.status, headers: answer.headers, text: () => Promise.resolve(text) };
  });
  const noted = Object.entries(client).map(([name, ask]) => [
    name,
    async (...given: unknown[]) => {
      const value = await (ask as (...given: unknown[]) => Promise<unknown>)(...given);
      called.add(name);
      return value;
    },
  ]);
  return Object.fromEntries(noted) as Client;
}

async function ended(client: Client, id: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { state } = await client.getRun({ params: { id } });
    if (!['queued', 'starting', 'running'].includes(state)) return state;
    await rest(50);
  }
  throw new Error('the run did not end');
}

test(
  'every route answers a real process, with what the OpenAPI document says (R-244, R-327)',
  { timeout: 60_000 },
  async () => {
    const stranger = clientWith({});
    expect(await stranger.live()).toMatchObject({ status: 'healthy' });
    expect(await stranger.ready()).toMatchObject({ status: 'healthy' });
    const { access_token } = await stranger.login({ body: me });
    const client = clientWith({ authorization: `Bearer ${access_token}` });
    expect(await client.session()).toMatchObject({ setup_needed: false, person: { name: 'Mei' } });

    const { items: scripts } = await client.listScripts();
    const script = scripts.find(({ path }) => path === 'two-streams.py')?.path ?? '';
    expect((await client.readScript({ query: { path: script } })).text).toContain('stderr');
    expect((await client.timezones()).items.length).toBeGreaterThan(300);
    const daily = (time: string) => ({ kind: 'daily' as const, times: [time], timezone: 'Asia/Hong_Kong' });
    expect((await client.preview({ body: { schedule: daily('09:00'), count: 3 } })).items).toHaveLength(3);

    const job = await client.createJob({
      body: { name: 'walk', type: 'script', config: { script }, schedules: [daily('09:00')] },
    });
    const params = { id: job.id };
    expect((await client.coming({})).items).toMatchObject([{ job_name: 'walk' }]);
    expect((await client.preview({ body: { schedule: daily('10:00'), job_id: job.id } })).moved?.length).toBe(30);
    expect((await client.patchJob({ params, body: { tags: ['a'] } })).tags).toEqual(['a']);
    expect((await client.putJob({ params, body: { description: 'A walk' } })).version).toBe(3);
    expect(await client.listJobs({ query: { search: 'walk', total: 'true' } })).toMatchObject({ total: 1 });
    expect((await client.getJob({ params })).description).toBe('A walk');

    const { run_id } = await client.runJob({ params, body: { note: 'by hand', priority: 'high' } });
    const state = await ended(client, run_id);
    expect(['succeeded', 'failed']).toContain(state);
    const again = await client.retryRun({ params: { id: run_id }, body: { note: 'once more' } });
    await ended(client, again.run_id);
    expect((await client.listRuns({ query: { job_id: job.id, limit: 2 } })).items).toHaveLength(2);
    await client.runLog({ params: { id: run_id }, query: { tail: 5 } });
    expect((await client.getLog({ params: { id: run_id } })).run.id).toBe(run_id);
    expect((await client.jobLogs({ params })).items.length).toBeGreaterThan(1);
    expect((await client.jobVersions({ params })).items.length).toBe(3);
    await client.jobOccurrences({ params });
    expect((await client.jobWhy({ params })).next).toContain('09:00');

    const slow = await client.createJob({
      body: { name: 'slow', type: 'script', config: { script }, worker_labels: ['moon'] },
    });
    const waits = await client.runJob({ params: { id: slow.id }, body: {} });
    expect((await client.queue()).items).toMatchObject([{ run: { id: waits.run_id } }]);
    await client.cancelRun({ params: { id: waits.run_id }, body: { note: 'enough' } });
    expect(await ended(client, waits.run_id)).toBe('cancelled');

    expect((await client.deactivateJob({ params, body: { reason: 'holiday' } })).paused).toMatchObject({
      reason: 'holiday',
    });
    expect((await client.activateJob({ params })).active).toBe(true);
    await client.deleteJob({ params, query: { cancel_running: 'true' } });
    expect((await client.restoreJob({ params })).name).toBe('walk');

    expect((await client.listEvents({ query: { job_id: job.id } })).items.length).toBeGreaterThan(3);
    expect((await client.listWorkers({ query: { all: 'true' } })).items).toMatchObject([{ state: 'online' }]);
    expect((await client.listSchedulers()).items).toMatchObject([{ state: 'online' }]);
    expect(await client.overview({})).toMatchObject({ jobs_total: 2, workers_online: 1 });
    expect((await client.settings()).items.length).toBeGreaterThan(20);
    expect(Object.keys((await client.health()).checks ?? {})).toContain('database');
    await client.logout();

    const missing = (Object.keys(endpoints) as EndpointName[]).filter((name) => !called.has(name));
    expect(missing, 'endpoints that no call of this walk answered').toEqual([]);
    expect(differences).toEqual([]);
  },
);

test('what is no JSON answers too: pages, the document for people, the stream', async () => {
  const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(me) };
  const { access_token } = (await (await fetch(`${portal.base}/api/auth/login`, login)).json()) as {
    access_token: string;
  };
  expect(await (await fetch(`${portal.base}/api/docs/`)).text()).toContain('swagger');
  expect((await fetch(`${portal.base}/`, { headers: { accept: 'text/html' } })).status).toBe(200);
  const stop = new AbortController();
  const stream = await fetch(`${portal.base}/api/stream`, {
    headers: { authorization: `Bearer ${access_token}` },
    signal: stop.signal,
  });
  const first = await stream.body?.pipeThrough(new TextDecoderStream()).getReader().read();
  expect(first?.value).toContain('event: hello');
  stop.abort();
});

test('the document for outsiders is the one that is kept in docs/reference (R-245)', () => {
  if (process.env['JTP_UPDATE_OPENAPI'] === '1') writeFileSync(snapshot, JSON.stringify(document, null, 2));
  const kept: unknown = JSON.parse(readFileSync(snapshot, 'utf8'));
  expect(kept, 'Paths and fields may only be added. Look at what changed, then: npm run openapi').toEqual(document);
});

test('the document holds answers to its word', () => {
  const answer = { method: 'GET', path: '/api/health/live', status: 200, text: '{"status":"healthy","version":"1"}' };
  expect(differs(document, answer)).toBeNull();
  expect(differs(document, { ...answer, text: '{"status":"fine","version":"1"}' })).toContain('status');
  expect(differs(document, { ...answer, text: '{"status":"healthy","version":"1","more":1}' })).toContain('more');
  expect(differs(document, { ...answer, text: '{"status":"healthy"}' })).toContain('version');
  expect(differs(document, { ...answer, status: 201 })).toContain('nothing of status 201');
  expect(differs(document, { ...answer, path: '/api/none' })).toContain('not in the document');
});
