import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDir } from '../setup/databases.ts';
import { ask, installPacked, type InstalledPackages } from './installed.ts';

const folder = freshDir('jtp-packaged');
const admin = { email: 'mei@example.org', password: 'correct horse battery' };
let installed: InstalledPackages;
let portal: ChildProcess | null = null;

beforeAll(async () => {
  installed = await installPacked(folder.path);
});

afterAll(async () => {
  if (portal !== null && portal.exitCode === null) {
    portal.kill('SIGKILL');
    await once(portal, 'exit');
  }
  folder.remove();
});

/** Waits for a fact with a bound, and says what it saw last when it never came. */
async function until<T>(look: () => Promise<T> | T, isIt: (value: T) => boolean): Promise<T> {
  let value = await look();
  for (let tries = 0; !isIt(value); tries += 1) {
    if (tries > 300) throw new Error(`it never came; last seen: ${JSON.stringify(value)}`);
    await rest(100);
    value = await look();
  }
  return value;
}

/** Starts what `npx job-trigger-portal` does on a port of its own choice. @returns its address */
async function startPortal(): Promise<string> {
  const started = spawn('job-trigger-portal', [], {
    cwd: installed.path,
    env: {
      ...installed.env,
      JOB_PORTAL_PORT: '0',
      JOB_PORTAL_DATA_DIR: join(folder.path, 'data'),
      JOB_PORTAL_ADMIN_EMAIL: admin.email,
      JOB_PORTAL_ADMIN_PASSWORD: admin.password,
    },
  });
  portal = started;
  let said = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  await until(
    () => said,
    (text) => started.exitCode !== null || /Listening on/.test(text),
  );
  const address = /https?:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
  if (address === undefined) throw new Error(`job-trigger-portal did not come up: ${said}`);
  return address;
}

async function call<T>(
  address: string,
  method: string,
  path: string,
  token: string | null,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`${address}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

test('a tarball holds the build and the sources it points to, and no tests', () => {
  expect(Object.keys(installed.contents).sort()).toEqual([
    'job-trigger-contract',
    'job-trigger-core',
    'job-trigger-dashboard',
    'job-trigger-portal',
    'job-trigger-server',
  ]);
  expect(installed.contents['job-trigger-dashboard']).toContain('dist/index.html');
  for (const [name, files] of Object.entries(installed.contents)) {
    if (name === 'job-trigger-dashboard') continue;
    expect(files, name).toEqual(expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']));
    expect(
      files.filter((file) => file.startsWith('dist/') && file.includes('.test.')),
      name,
    ).toEqual([]);
  }
});

test('the command answers without the project beside it', async () => {
  expect(existsSync(join(installed.path, 'node_modules/job-trigger-core/package.json'))).toBe(true);
  const { status, stdout, stderr } = await ask('jtp', ['--help'], installed.path, installed.env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('jobs');
});

test('the installed portal runs a job of its samples to its end', async () => {
  const address = await startPortal();
  const { access_token: token } = await call<{ access_token: string }>(address, 'POST', '/api/auth/login', null, admin);
  const job = await call<{ id: string }>(address, 'POST', '/api/jobs', token, {
    name: 'backup',
    type: 'script',
    config: { script: 'backup-database.mjs' },
  });
  const { run_id: run } = await call<{ run_id: string }>(address, 'POST', `/api/jobs/${job.id}/run`, token, {});
  const ended = await until(
    () => call<{ state: string; reason: string | null }>(address, 'GET', `/api/runs/${run}`, token),
    ({ state }) => !['queued', 'starting', 'running'].includes(state),
  );
  expect(ended).toMatchObject({ state: 'succeeded' });
  const page = await fetch(`${address}/jobs`, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<div id="root">');
  portal?.kill('SIGTERM');
  expect(
    await until(
      () => portal?.exitCode ?? null,
      (code) => code !== null,
    ),
  ).toBe(0);
});
