/** Contexts of a command line: what is kept, what is shown to whom, and how a sign-in goes on. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfToken } from 'job-trigger-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { jtp as process_ } from '../../../test/setup/jtp.ts';
import { loginByCode } from '../../../test/setup/login.ts';
import { startTestPortal, type TestPortal } from '../../portal/src/test-portal.ts';
import type { Contexts, HeldSignIn } from './contexts/context-file.ts';
import { runCommandLine } from './program.ts';

let portal: TestPortal;
let home: ReturnType<typeof freshDir>;
let file: string;
beforeAll(async () => {
  portal = await startTestPortal('SQLite', inject('postgresUrl'));
});
afterAll(() => portal.close());
beforeEach(() => {
  home = freshDir('jtp-home');
  file = join(home.path, '.config', 'jtp', 'contexts.json');
});
afterEach(() => {
  process.exitCode = undefined;
  home.remove();
});

/** One command line of whoever lives in `home`, in this process. */
async function jtp(
  line: string,
  env: Readonly<Record<string, string>> = {},
  heard: (stderr: string) => void = () => undefined,
) {
  let [stdout, stderr] = ['', ''];
  const status = await runCommandLine(line.split(' '), {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => heard((stderr += text)) },
    env: { HOME: home.path, ...env },
    cwd: home.path,
    readStdin: () => Promise.resolve(''),
  });
  return { status, stdout, stderr };
}

const kept = (): Contexts => JSON.parse(readFileSync(file, 'utf8')) as Contexts;
function signInOf(name: string): HeldSignIn {
  const held = kept().contexts[name]?.held;
  if (held?.kind !== 'sign_in') throw new Error(`${name} holds no sign-in.`);
  return held;
}
/** As after ten minutes, without waiting for them. */
function letTokenEnd(): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/"access_until": "[^"]+"/g, '"access_until": "2020-01-01T00:00:00.000Z"'));
}
/** Somebody's sign-in, as if a code had been confirmed. */
async function signedIn(name = 'work'): Promise<void> {
  await jtp(`context add ${name} ${portal.base}`);
  await jtp(`context use ${name}`);
  const anybody = { 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'mei@example.org', password: 'correct horse battery', refresh: true });
  const answer = await fetch(`${portal.base}/api/auth/login`, { method: 'POST', headers: anybody, body });
  const tokens = (await answer.json()) as { access_token: string; refresh_token: string };
  const soon = new Date(Date.now() + 600_000).toISOString();
  const held = { kind: 'sign_in', access_until: soon, refresh_until: soon, ...tokens };
  const all = kept();
  writeFileSync(
    file,
    JSON.stringify({ ...all, contexts: { ...all.contexts, [name]: { server: portal.base, held } } }, null, 2),
  );
}

test(
  'a code that is confirmed signs a process in; several at once go on with it, and it ends at both sides (R-279)',
  { timeout: 60_000 },
  async () => {
    const place = { cwd: home.path };
    const ended = await loginByCode(portal.base, { ...place, token: portal.token, args: ['--context', 'work'] });
    expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining('Mei <mei@example.org>, admin\n') });
    expect(ended.stderr).toContain(`Open ${portal.base}/device in a browser and confirm the code `);
    expect([statSync(file).mode & 0o777, kept().current]).toEqual([0o600, 'work']);
    const first = signInOf('work');
    letTokenEnd();
    const all = await Promise.all(['whoami', 'whoami'].map((line) => process_([line, '--json'], place)));
    for (const each of all) {
      expect([each.status, each.stderr]).toEqual([0, '']);
      expect(JSON.parse(each.stdout)).toMatchObject({
        server: portal.base,
        context: 'work',
        how: 'sign_in',
        key: null,
      });
    }
    expect(signInOf('work').refresh_token).not.toBe(first.refresh_token);
    const { items } = await portal.client.listSessions();
    expect(items.map(({ user_agent: agent }) => agent)).toContainEqual(expect.stringMatching(/^jtp\/\S+ on ./));
    expect(await jtp('logout')).toMatchObject({ status: 0, stdout: '' });
    expect((await portal.client.listSessions()).items).toHaveLength(items.length - 1);
    expect(kept()).toEqual({ current: 'work', contexts: { work: { server: portal.base, held: null } } });
    const after = await jtp('jobs ls');
    expect(after).toMatchObject({
      status: 4,
      stdout: '',
      stderr: expect.stringContaining('fix: Sign in with: jtp login'),
    });
  },
);

test('a code that is denied in the browser leaves nothing here', async () => {
  const denied: Promise<unknown>[] = [];
  const ended = await jtp(`login ${portal.base} --no-browser`, {}, (stderr) => {
    const code = /[B-Z]{4}-[B-Z]{4}/.exec(stderr)?.[0];
    if (code !== undefined && denied.length === 0) denied.push(portal.client.denyDevice({ body: { user_code: code } }));
  });
  expect(await Promise.all(denied)).toMatchObject([{ client: expect.stringMatching(/^jtp\//) }]);
  expect(ended).toMatchObject({ status: 4, stdout: '', stderr: expect.stringContaining('was denied in the browser') });
  expect(existsSync(file)).toBe(false);
});

test('a sign-in that was ended says so, and is forgotten', async () => {
  await signedIn();
  expect(await jtp('jobs ls --json')).toMatchObject({ status: 0, stderr: '' });
  const mei = await portal.store.people.firstAdmin();
  await portal.store.people.endSignIns(mei?.id ?? 0, hashOfToken(portal.token));
  for (const line of ['jobs ls', 'jobs ls']) {
    const { status, stdout, stderr } = await jtp(line);
    expect([status, stdout]).toEqual([4, '']);
    expect(stderr).toContain('fix: Sign in with: jtp login');
  }
  expect(kept().contexts['work']?.held).toBeNull();
});

test('a key is tried at the server before it is kept', async () => {
  const { secret } = await (await portal.signIn()).createKey({ body: { name: `k ${home.path}`, scopes: ['read'] } });
  writeFileSync(join(home.path, 'key'), `${secret}\n`);
  writeFileSync(join(home.path, 'none'), 'correct horse battery\n');
  writeFileSync(join(home.path, 'wrong'), `${secret.slice(0, -1)}\n`);
  expect(await jtp(`login ${portal.base} --key-file none`)).toMatchObject({ status: 2 });
  expect(await jtp(`login ${portal.base} --key-file wrong`)).toMatchObject({ status: 4 });
  expect(existsSync(file)).toBe(false);
  expect(await jtp(`login ${portal.base} --key-file key`)).toMatchObject({ status: 0 });
  const name = new URL(portal.base).host;
  expect(JSON.parse((await jtp('whoami --json')).stdout)).toMatchObject({ context: name, how: 'key' });
  const listed = await jtp('context ls --json');
  expect(JSON.parse(listed.stdout)).toEqual({
    items: [{ name, server: portal.base, current: true, how: 'key', until: null }],
  });
  expect(listed.stdout).not.toContain(secret);
});

test('a flag comes before the environment, that before the context in use, and that before the data folder', async () => {
  await signedIn();
  await jtp('context add away http://127.0.0.1:1');
  const asked = async (line: string, env: Readonly<Record<string, string>> = {}) => {
    const { stdout, stderr } = await jtp(`${line} --json`, env);
    if (stdout !== '') return (JSON.parse(stdout) as { server: string | null }).server;
    return (JSON.parse(stderr) as { detail: string }).detail;
  };
  const away = expect.stringContaining('No answer from http://127.0.0.1:1') as unknown;
  expect(await asked('whoami')).toBe(portal.base);
  expect(await asked('--context away whoami', { JOB_PORTAL_SERVER: portal.base })).toEqual(away);
  expect(await asked('whoami', { JOB_PORTAL_CONTEXT: 'away' })).toEqual(away);
  expect(await asked('whoami', { JOB_PORTAL_SERVER: 'http://127.0.0.1:1' })).toEqual(away);
  expect(await asked(`--server ${portal.base} whoami`, { JOB_PORTAL_CONTEXT: 'away' })).toBe(portal.base);
  expect(await asked('whoami', { JOB_PORTAL_DATA_DIR: 'here' })).toBeNull();
  expect(await asked('--data-dir here whoami', { JOB_PORTAL_SERVER: portal.base })).toBeNull();
  // What the environment holds for another server is not shown to the one of a context.
  expect(await asked('whoami', { JOB_PORTAL_TOKEN: 'x'.repeat(40) })).toBe(portal.base);
  expect(await asked('--context away --server http://127.0.0.1:1 whoami')).toContain('not both');
  await jtp('context use --none');
  expect(await asked('whoami')).toBeNull();
});

test('contexts are added, used and forgotten by name', async () => {
  expect(await jtp('context add moon https://jobs.example.org/')).toMatchObject({ status: 0 });
  expect(kept()).toEqual({ current: null, contexts: { moon: { server: 'https://jobs.example.org', held: null } } });
  for (const [line, status] of [
    ['context add moon https://other.example.org', 4],
    ['context add __proto__ https://other.example.org', 2],
    ['context add mars ftp://jobs.example.org', 2],
    ['context add mars https://mei:word@jobs.example.org', 2],
    ['context use mars', 3],
    ['context use', 2],
    ['context rm mars --yes', 3],
    ['--context mars jobs ls', 3],
    ['login', 2],
    ['logout', 3],
    ['login http://127.0.0.1:1', 6],
  ] as const)
    expect([line, (await jtp(line)).status]).toEqual([line, status]);
  await jtp('context use moon');
  expect(await jtp('context rm moon --yes')).toMatchObject({ status: 0 });
  expect(kept()).toEqual({ current: null, contexts: {} });
});

test('a file that others may open, or that is something else, is refused', async () => {
  await signedIn();
  chmodSync(file, 0o640);
  expect(await jtp('whoami')).toMatchObject({ status: 2, stderr: expect.stringContaining('chmod 600') });
  expect(await jtp('context use work')).toMatchObject({ status: 2 });
  chmodSync(file, 0o600);
  writeFileSync(file, '{"current":"work","contexts":{"work":{"server":7}}}');
  expect(await jtp('context ls')).toMatchObject({ status: 2, stderr: expect.stringContaining('cannot be read') });
  // What names its server itself needs no context.
  expect(await jtp('whoami', { JOB_PORTAL_DATA_DIR: 'here' })).toMatchObject({ status: 0 });
});
