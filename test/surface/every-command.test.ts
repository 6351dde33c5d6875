import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openStore, realSystem } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { afterAll, expect, test } from 'vitest';
import { buildProgram } from '../../packages/cli/src/program.ts';
import { processTerminal } from '../../packages/cli/src/terminal.ts';
import { freshDir } from '../setup/databases.ts';
import { jtp, jtpWithin, type Ended } from '../setup/jtp.ts';
import { loginByCode } from '../setup/login.ts';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { raiseAlert } from '../setup/raise-alert.ts';
import { walk, type Say } from './command-walk.ts';
import { SameWords } from './same-words.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

type Command = ReturnType<typeof buildProgram>['program'];

/** What a person can name: each command that has none below it. */
function leaves(command: Pick<Command, 'name' | 'commands'>, path: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [path.join(' ')];
  return command.commands.flatMap((below) => leaves(below, [...path, below.name()]));
}

const said = new Set<string>();

interface Line {
  readonly line: string;
  readonly status: number | null;
  readonly stdout: unknown;
  readonly stderr: unknown;
}

/** Walks over an installation of its own with all roles running. @returns every line with what it answered */
async function answersOf(way: 'server' | 'database'): Promise<readonly Line[]> {
  const portal = await startPortal({ administrator: true, env: { JOB_PORTAL_DEMO: 'true' } });
  cleanUps.push(() => portal.stop());
  writeFileSync(
    join(portal.dataDir, 'scripts', 'says.sh'),
    'for word in "$@"; do echo "$word $JTP_PARAM_COLOUR"; done\necho kept >"$JTP_ARTIFACTS_DIR/kept.txt"\n',
  );
  for (const worker of ['moon', 'mars']) await raiseAlert(portal.dataDir, worker);
  const folder = freshDir('jtp-walk');
  cleanUps.push(() => folder.remove());
  let env: Readonly<Record<string, string>> = { JOB_PORTAL_DATA_DIR: portal.dataDir };
  if (way === 'server') {
    const login = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(administrator),
    };
    const answer = (await (await fetch(`${portal.base}/api/auth/login`, login)).json()) as { access_token: string };
    // From here on the context in use leads to the server.
    const signedIn = await loginByCode(portal.base, { cwd: folder.path, token: answer.access_token });
    expect([signedIn.status, signedIn.stderr]).toEqual([0, expect.any(String)]);
    said.add('login');
    env = {};
  }
  const words = new SameWords([
    [portal.dataDir, '<data>'],
    [folder.path, '<here>'],
    [/\bmei\b(?:@example\.org)?/g, '<someone>'],
    [`${userInfo().username} (jtp)`, '<someone>'],
  ]);
  const lines: Line[] = [];
  // The server is a process of its own; who asks it need be none.
  const call = way === 'server' ? jtpWithin : jtp;
  const say: Say = async (command, args = [], { input, plain = false } = {}) => {
    const ended = await call([...(plain ? [] : ['--json']), ...command.split(' '), ...args], {
      cwd: folder.path,
      env,
      ...(input === undefined ? {} : { input }),
    });
    if (ended.status === 0) said.add(command);
    const line = words.text(`jtp ${command} ${args.join(' ')}`);
    lines.push({ line, status: ended.status, stdout: words.answer(ended.stdout), stderr: words.answer(ended.stderr) });
    return ended;
  };
  // One that has come and gone, for what is asked of those.
  await jtp(['worker', '--once', '--name', 'gone'], {
    cwd: folder.path,
    env: { JOB_PORTAL_DATA_DIR: portal.dataDir },
  });
  await walk(say);
  // What names somebody tells by which way they came, so that the two cannot be the same.
  if (way === 'database')
    await here(['users', 'export', administrator.email], { cwd: folder.path, env }, ['users', 'export']);
  return lines;
}

type Place = Parameters<typeof jtp>[1];

async function here(args: readonly string[], place: Place, command = args): Promise<Ended> {
  const ended = await jtp(args, place);
  expect([args.join(' '), ended.status, ended.stderr]).toEqual([args.join(' '), 0, expect.any(String)]);
  said.add(command.join(' '));
  return ended;
}

/** A plugin that asks for a job. */
const asking = `export default {
  id: 'asking',
  label: 'Asking',
  description: 'Asks for a job.',
  schema: { type: 'object', properties: {} },
  execute: () => null,
  provision: () => [{ subject: 'one', name: 'asked for', config: {}, schedules: [] }],
};
`;

/** What only the host itself can do. */
async function walkOnTheHost(): Promise<void> {
  const folder = freshDir('jtp-host');
  cleanUps.push(() => folder.remove());
  const place = { cwd: folder.path, env: { JOB_PORTAL_PORT: '0' } };
  expect((await here(['init'], place)).stdout).toContain('config.yaml');
  mkdirSync(join(folder.path, 'jtp-data'), { recursive: true });
  expect((await here(['doctor'], place)).stdout).toContain('empty; the first start fills it');
  await here(['migrate', 'up'], place);
  await here(['backup', 'portal.tar'], place, ['backup']);
  await here(['restore', 'portal.tar', '--dry-run', '--data-dir', 'elsewhere'], place, ['restore']);
  const reports = {
    ...place,
    env: { JTP_PROGRESS_FILE: join(folder.path, 'p'), JTP_RESULT_FILE: join(folder.path, 'r') },
  };
  await here(['report', 'progress', '0.5', 'half'], reports, ['report', 'progress']);
  await here(['report', 'result', '{}'], reports, ['report', 'result']);
  const keeps = { ...place, env: { JTP_ARTIFACTS_DIR: join(folder.path, 'kept') } };
  await here(['report', 'artifact', 'portal.tar'], keeps, ['report', 'artifact']);
  const remote = { cwd: folder.path };
  for (const [verb, ...more] of [['add', 'moon', 'http://127.0.0.1:1'], ['use', 'moon'], ['ls']] as const)
    await here(['context', verb, ...more], remote, ['context', verb]);
  await here(['logout'], remote);
  await here(['context', 'rm', 'moon', '--yes'], remote, ['context', 'rm']);
  // Who came by which way is what it tells.
  expect((await here(['whoami'], place)).stdout).toContain('on the database');
  expect((await here(['help', 'exit-codes'], place, ['help'])).stdout).toContain('6');
  await here(['migrate', 'up'], place);
  expect((await here(['migrate', 'status'], place)).stdout).toMatch(/^schema (\d+) of \1\n$/);
  expect((await here(['config', 'show', '--origin'], place, ['config', 'show'])).stdout).toContain('JOB_PORTAL_PORT');
  expect((await jtp(['config', 'show', 'server.port'], place)).stdout).toMatch(/^server\.port\t\d+\n$/);
  expect((await jtp(['config', 'show', 'breaker'], place)).stdout).toMatch(/^(?:breaker\.\w+\t.+\n){2,}$/);
  const unknown = await jtp(['config', 'show', 'server.prot'], place);
  expect([unknown.status, unknown.stderr]).toEqual([3, expect.stringContaining('no setting server.prot')]);
  expect((await here(['setup-token'], place)).stdout).toContain('/setup#token=');
  expect((await here(['next', '0 9 * * *', '-n', '1', '--tz', 'UTC'], place, ['next'])).stdout).toContain('T09:00:00Z');
  await withReceiver(async (url) => {
    const allowed = { ...place, env: { ...place.env, JOB_PORTAL_OUTGOING_ALLOW: '127.0.0.1' } };
    await jtp(['webhooks', 'add', 'Hook', url], allowed);
    expect((await here(['webhooks', 'test', 'Hook'], allowed, ['webhooks', 'test'])).stderr).toContain('204');
  });
  const made = '{name: once, type: script, config: {script: always-fails.sh}}';
  await jtp(['jobs', 'create', '-f', '-'], { ...place, input: made });
  await jtp(['run', 'once'], place);
  await here(['scheduler', '--once'], place, ['scheduler']);
  await here(['worker', '--once'], place, ['worker']);
  expect((await jtp(['runs', 'ls', '--job', 'once'], place)).stdout).toMatch(/^failed\tonce\t/);
  // What failed is an item by the next pass; it is run again from there.
  await jtp(['scheduler', '--once'], place);
  const listed = await jtp(['--json', 'attention', 'ls', '--job', 'once'], place);
  const { items } = JSON.parse(listed.stdout) as { readonly items: readonly { readonly id: string }[] };
  const again = await here(['attention', 'retry', items[0]?.id ?? ''], place, ['attention', 'retry']);
  expect(again.stderr).toContain('1 run starts again.');
  writeFileSync(join(folder.path, 'asks.mjs'), asking);
  const asked = { ...place, env: { ...place.env, JOB_PORTAL_PLUGINS: './asks.mjs' } };
  await here(['plugins', 'provision'], asked, ['plugins', 'provision']);
  await here(['jobs', 'detach', 'asked for'], asked, ['jobs', 'detach']);
  await walkApproval(place);
  // Not over both ways: the other one's key would lie in its data folder.
  expect((await here(['secrets', 'key'], place, ['secrets', 'key'])).stdout).toContain('secret.key in the data folder');
  expect((await here(['secrets', 'rotate-key'], place, ['secrets', 'rotate-key'])).stderr).toContain(
    'seals everything',
  );
  // Not over both ways: who came by which is what the audit tells.
  await here(['audit', 'verify'], place, ['audit', 'verify']);
  expect((await here(['audit', 'head'], place, ['audit', 'head'])).stdout).toContain('sequence');
  expect((await here(['audit', 'export'], place, ['audit', 'export'])).stdout).toContain('job.changed');
  for (const role of ['start', 'portal'] as const) {
    const portal = await startPortal({ administrator: true, role });
    expect(await (await fetch(`${portal.base}/api/health/live`)).json()).toMatchObject({ status: 'healthy' });
    if (role === 'portal') await walkTheWayBackIn(portal);
    await portal.stop();
    said.add(role);
  }
}

/** Where scripts need it: what one person has executed is told, refused and approved by another. */
async function walkApproval({ cwd, env }: Place): Promise<void> {
  const place = { cwd, env: { ...env, JOB_PORTAL_REQUIRE_SCRIPT_APPROVAL: 'true' } };
  const script = 'check-website.mjs';
  // Whoever sits at the machine acts as the first of them.
  const administratorSince = async (name: string, createdAt: number): Promise<void> => {
    const store = await openStore({ url: `sqlite:${join(cwd, 'jtp-data', 'portal.db')}`, system: realSystem() });
    await store.people.insert(factories.person({ name, createdAt }));
    await store.close();
  };
  await administratorSince('Mei', 2);
  await jtp(['jobs', 'create', '-f', '-'], {
    ...place,
    input: `{name: awaits, type: script, config: {script: ${script}}}`,
  });
  await jtp(['scheduler', '--once'], place);
  await administratorSince('Zoe', 1);
  const say = (verb: string, ...more: readonly string[]) =>
    here(['scripts', verb, script, ...more], place, ['scripts', verb]);
  expect((await say('review')).stdout).toContain('never approved');
  // Status 1 where something differs, as `diff` has it.
  expect((await jtp(['scripts', 'diff', script], place)).status).toBe(1);
  said.add('scripts diff');
  await say('comment', 'Which website?');
  await say('reject', '--note', 'It says nothing of time.');
  expect((await say('approve', '--yes')).stderr).toContain('approved');
  const editing = { ...place, env: { ...place.env, JOB_PORTAL_SCRIPTS_ALLOW_EDITING: 'true' } };
  const change = (verb: string, more: readonly string[], input = '') =>
    here(['scripts', verb, 'walked.sh', ...more], { ...editing, input }, ['scripts', verb]);
  expect((await change('put', ['-f', '-'], 'echo walked\n')).stderr).toContain('SHA-256');
  expect((await change('get', [])).stdout).toBe('echo walked\n');
  expect((await change('rm', ['--yes'])).stderr).toContain('deleted');
}

/** Whoever has lost everything is let in again from the host, and the audit says so. */
async function walkTheWayBackIn(portal: PortalProcess): Promise<void> {
  const { email } = administrator;
  const place = { cwd: portal.dataDir, env: { JOB_PORTAL_DATA_DIR: portal.dataDir } };
  const login = (password: string) =>
    fetch(`${portal.base}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
  const { access_token: before } = (await (await login(administrator.password)).json()) as { access_token: string };
  const reset = ['admin', 'reset-password'];
  const password = (await here([...reset, email, '--yes'], place, reset)).stdout.trim();
  const clear = ['admin', 'clear-second-factors'];
  await here([...clear, email, '--yes'], place, clear);
  const headers = { authorization: `Bearer ${before}` };
  expect((await fetch(`${portal.base}/api/jobs`, { headers })).status).toBe(401);
  expect((await login(administrator.password)).status).toBe(401);
  expect((await login(password)).status).toBe(200);
  const rows = await jtp(['audit', '--action', 'person.password_changed', '--json'], place);
  expect(rows.stdout).toContain('(jtp)');
  expect(await jtp([...reset, 'nobody@example.org', '--yes'], place)).toMatchObject({ status: 3 });
  const remote = ['--server', portal.base, ...reset, email, '--yes'];
  expect(await jtp(remote, place)).toMatchObject({ status: 2, stderr: expect.stringContaining('on the host') });
}

/** Somebody who takes every message. */
async function withReceiver(work: (url: string) => Promise<void>): Promise<void> {
  const receiver = createServer((_, response) => void response.writeHead(204).end());
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
  } finally {
    receiver.close();
  }
}

test(
  'every command answers a real process, over the server what it answers on the database (R-279, R-327)',
  { timeout: 900_000 },
  async () => {
    const [overServer, onDatabase] = await Promise.all([answersOf('server'), answersOf('database'), walkOnTheHost()]);
    expect(overServer).toEqual(onDatabase);
    const { program } = buildProgram(processTerminal(), []);
    expect(
      leaves(program).filter((command) => !said.has(command)),
      'commands that this walk does not take',
    ).toEqual([]);
  },
);
