import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createClient, endpoints, type Client, type EndpointName } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
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
import { freePort } from '../../../test/setup/postgres.ts';
import { startTestProvider, type TestProvider } from './test-provider.ts';
import {
  walkDevices,
  walkKeys,
  walkPeople,
  walkProfile,
  walkProviders,
  walkSignInMethods,
  walkTokens,
} from './test-walk-access.ts';
import { startTestPortal } from './test-portal.ts';
import { walkApprovals, walkScriptFiles } from './test-walk-approvals.ts';
import { walkHooks } from './test-walk-hooks.ts';
import { changingEndpoints, unaudited, walkAudit } from './test-walk-audit.ts';
import { walkSharing } from './test-walk-sharing.ts';
import { walkSecrets } from './test-walk-secrets.ts';

const snapshot = resolve(import.meta.dirname, '../../../docs/reference/openapi.json');
const me = { email: 'mei@example.org', password: 'correct horse battery' };

/** Asks for one job of its own, so that there is one to take over. */
const plugin = `export default {
  id: 'walked',
  label: 'Walked',
  description: 'Does nothing.',
  schema: { type: 'object', properties: {} },
  provision: () => [{ subject: 'one', name: 'walked one', config: {}, schedules: [] }],
  execute: () => null,
};
`;

let portal: PortalProcess;
let provider: TestProvider;
let document: OpenApi;
const plugins = freshDir('jtp-walk-plugin');
beforeAll(async () => {
  writeFileSync(join(plugins.path, 'walked.mjs'), plugin);
  provider = await startTestProvider();
  const { issuer, clientId, clientSecret } = provider;
  const port = await freePort();
  portal = await startPortal({
    administrator: false,
    port,
    env: {
      JOB_PORTAL_PUBLIC_URL: `http://127.0.0.1:${port}`,
      JOB_PORTAL_OIDC_PROVIDERS: JSON.stringify([{ name: 'acme', issuer, client_id: clientId, allow_private: true }]),
      JOB_PORTAL_OIDC_ACME_CLIENT_SECRET: clientSecret,
      JOB_PORTAL_DEMO: 'true',
      JOB_PORTAL_OUTGOING_ALLOW: '127.0.0.1',
      JOB_PORTAL_PLUGINS: `./none,${join(plugins.path, 'walked.mjs')}`,
    },
  });
  document = (await (await fetch(`${portal.base}/api/openapi.json`)).json()) as OpenApi;
  const stranger = clientWith({});
  expect(await stranger.session()).toMatchObject({ setup_needed: true, person: null });
  const token = /setup#token=(\S+)/.exec(portal.said())?.[1] ?? '';
  await stranger.setup({ body: { ...me, token, name: 'Mei', timezone: 'Asia/Hong_Kong' } });
});
afterAll(async () => {
  await portal?.stop();
  await provider?.close();
  plugins.remove();
});

const called = new Set<string>();
/** Calls after which the audit had grown. */
const audited = new Set<string>();
let lastRow = 0;
const differences: string[] = [];

async function auditEnd(headers: Readonly<Record<string, string>>, base: string): Promise<number> {
  const answer = await fetch(`${base}/api/audit/head`, { headers });
  return answer.ok ? ((await answer.json()) as { sequence: number }).sequence : 0;
}

/** A client that notes which endpoint answered, which were audited, and where an answer is not what the document says. */
function clientWith(headers: Readonly<Record<string, string>>, base = portal.base): Client {
  const changing: ReadonlySet<string> = new Set(changingEndpoints);
  const kept = new Set<string>();
  const client = createClient(async (request) => {
    const { method, path, body } = request;
    const cookie = kept.size === 0 ? {} : { cookie: [...kept].join('; ') };
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...headers, ...request.headers, ...cookie },
      ...(body === undefined ? {} : { body }),
    });
    // As a browser would, but for its session: that is the header's here.
    for (const line of answer.headers.getSetCookie())
      if (line.startsWith('jtp_flow_')) kept.add(line.split(';')[0] ?? '');
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
      if (changing.has(name)) {
        const end = await auditEnd(headers, base);
        if (end > lastRow) audited.add(name);
        lastRow = end;
      }
      return value;
    },
  ]);
  return Object.fromEntries(noted) as Client;
}

/** Of an installation where scripts need approval: the others run theirs at once. */
async function walkWithApproval(): Promise<void> {
  const env = { JOB_PORTAL_REQUIRE_SCRIPT_APPROVAL: 'true', JOB_PORTAL_SCRIPTS_ALLOW_EDITING: 'true' };
  const other = await startTestPortal('SQLite', '', null, null, null, env);
  try {
    const editor = await other.someone('editor');
    const job = { name: 'approved', type: 'script', config: { script: 'hello.sh' } } as const;
    await editor.client.createJob({ body: job });
    await other.work(new Map());
    lastRow = await auditEnd({ authorization: `Bearer ${other.token}` }, other.base);
    const client = clientWith({ authorization: `Bearer ${other.token}` }, other.base);
    await walkApprovals(client);
    await walkScriptFiles(client);
  } finally {
    await other.close();
  }
}

test(
  'every route answers a real process, with what the OpenAPI document says (R-244, R-327)',
  { timeout: 240_000 },
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
    await walkAudit(client);
    await walkKeys(client, clientWith);
    await walkPeople(client, stranger);
    // Passkeys are for names, and the address is a number.
    const named = portal.base.replace('127.0.0.1', 'localhost');
    const headers = { authorization: `Bearer ${access_token}` };
    await walkSignInMethods(clientWith(headers, named), clientWith({}, named), { origin: named, ...me });
    await walkProviders(client, stranger, provider);
    await walkTokens(stranger, me, clientWith);
    await walkDevices(client, stranger);
    await walkProfile(client, me.password);
    await walkSharing(client, job, me.email);
    await walkWithApproval();
    await client.logout();
    const witness = clientWith({ authorization: `Bearer ${(await stranger.login({ body: me })).access_token}` });
    const { items } = await witness.listAudit({ query: { action: 'setup.*,sign_in.*,person.created' } });
    const acts = items.map(({ action }) => action);
    expect(acts).toEqual([
      'sign_in.succeeded',
      'sign_in.ended',
      // By a code that was confirmed.
      'sign_in.succeeded',
      // By tokens that are renewed.
      'sign_in.ended',
      'sign_in.succeeded',
      // Through a provider.
      'sign_in.succeeded',
      // By a recovery code, and by a passkey, with which something was proven before.
      'sign_in.succeeded',
      'sign_in.succeeded',
      'sign_in.proven',
      // Of those who were invited.
      'sign_in.succeeded',
      'person.created',
      'sign_in.succeeded',
      'person.created',
      'sign_in.succeeded',
      'sign_in.succeeded',
      'setup.completed',
    ]);
    for (const name of ['setup', 'login', 'logout', 'acceptInvitation', 'secondStep', 'passkeySignIn', 'deviceTokens'])
      audited.add(name);

    const missing = (Object.keys(endpoints) as EndpointName[]).filter((name) => !called.has(name));
    expect(missing, 'endpoints that no call of this walk answered').toEqual([]);
    expect(differences).toEqual([]);
    const silent = changingEndpoints.filter((name) => !audited.has(name) && unaudited[name] === undefined);
    expect(silent, 'changing calls that left no row in the audit').toEqual([]);
    const excused = Object.keys(unaudited).filter((name) => audited.has(name));
    expect(excused, 'calls that need no excuse').toEqual([]);
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

test.runIf(process.platform !== 'win32')('nothing of the installation can be reached by others (SEC-K3)', () => {
  const closed = (path: string): boolean => (statSync(path).mode & 0o077) === 0;
  expect(closed(portal.dataDir)).toBe(true);
  // What lies deeper may be a job's own file, with the mode that the job gave it; no other person comes so far.
  const near = readdirSync(portal.dataDir).filter((name) => name !== 'scripts');
  const deep = readdirSync(portal.dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:db|db-wal|key|sock|log|jtpback)$/.test(name),
  );
  const open = [...near, ...deep].map((name) => join(portal.dataDir, name)).filter((path) => !closed(path));
  expect(deep).toContain('portal.db');
  expect(open).toEqual([]);
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
