import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createClient, endpoints, type Client, type EndpointName } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jtp } from '../../../test/setup/jtp.ts';
import { startPortal, type PortalProcess } from '../../../test/setup/portal-process.ts';
import { raiseAlert } from '../../../test/setup/raise-alert.ts';
import { differs, type OpenApi } from './test-openapi.ts';
import {
  walkCalendars,
  walkDemo,
  walkJobTypes,
  walkJobs,
  walkRuns,
  walkSchedules,
  walkScripts,
  walkTimeline,
} from './test-walk.ts';
import {
  walkAlerts,
  walkAttention,
  walkMaintenance,
  walkOperation,
  walkLimits,
  walkMonitors,
  walkWebhooks,
} from './test-walk-watch.ts';
import { walkHooks } from './test-walk-hooks.ts';
import { walkSecrets } from './test-walk-secrets.ts';

const snapshot = resolve(import.meta.dirname, '../../../docs/reference/openapi.json');
const me = { email: 'mei@example.org', password: 'correct horse battery' };

let portal: PortalProcess;
let document: OpenApi;
beforeAll(async () => {
  portal = await startPortal({
    administrator: false,
    env: { JOB_PORTAL_DEMO: 'true', JOB_PORTAL_OUTGOING_ALLOW: '127.0.0.1', JOB_PORTAL_PLUGINS: './none' },
  });
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

    await walkDemo(client);
    const script = await walkScripts(client);
    writeFileSync(
      join(portal.dataDir, 'scripts', 'leave-note.sh'),
      'echo "$JTP_OUTCOME" >"$JTP_ARTIFACTS_DIR/note.txt"\n',
    );
    await walkSchedules(client);
    await walkJobTypes(client);
    const job = await walkJobs(client, script);
    await walkHooks(client, portal.base, job.config);
    await walkSecrets(client, job.config);
    await walkRuns(client, job);
    await walkTimeline(client, job);
    await walkCalendars(client, job);
    await walkMaintenance(client, job);
    await jtp(['worker', '--once', '--name', 'gone'], {
      cwd: portal.dataDir,
      env: { JOB_PORTAL_DATA_DIR: portal.dataDir },
    });
    await walkOperation(client, job);
    await raiseAlert(portal.dataDir, 'moon');
    await walkAttention(client);
    await walkAlerts(client);
    await walkWebhooks(client, portal.base);
    await walkMonitors(client, portal.base);
    await walkLimits(client, script, me.email);
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
