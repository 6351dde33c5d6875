import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, realSystem } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { runCommandLine } from './program.ts';

const folder = freshDir('jtp-scripts');
const data = join(folder.path, 'data');

let allowed: Readonly<Record<string, string>> = {};

async function jtp(args: readonly string[], input = ''): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const status = await runCommandLine(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { JOB_PORTAL_DATA_DIR: data, JOB_PORTAL_REQUIRE_SCRIPT_APPROVAL: 'true', ...allowed },
    cwd: folder.path,
    readStdin: () => Promise.resolve(input),
  });
  process.exitCode = 0;
  return { status, out, err };
}

/** Whoever sits at the machine acts as the first of them. */
async function administrator(name: string, createdAt: number): Promise<void> {
  const url = `sqlite:${join(data, 'portal.db')}`;
  const store = await openStore({ url, system: realSystem(), migrate: true });
  await store.people.insert(factories.person({ name, createdAt }));
  await store.close();
}

const look = (): Promise<unknown> => jtp(['scheduler', '--once']);

beforeAll(async () => {
  mkdirSync(join(data, 'scripts'), { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'scripts', 'hello.sh'), '#!/bin/sh\necho hello\n', { mode: 0o700 });
  await administrator('Mei', 2);
  const job = '{name: hello, type: script, config: {script: hello.sh}}';
  expect((await jtp(['jobs', 'create', '-f', '-'], job)).status).toBe(0);
});
afterAll(() => folder.remove());

test('a script is listed, reviewed, told apart, spoken of, refused and approved from the command line (R-179)', async () => {
  await look();
  expect((await jtp(['scripts', 'ls'])).out).toContain('never approved');
  expect(await jtp(['run', 'hello'])).toMatchObject({ status: 4, err: expect.stringContaining('hello.sh') });
  const said = await jtp(['scripts', 'comment', 'hello.sh', 'To whom?', '--line', '2']);
  expect(said.status).toBe(0);
  const review = (await jtp(['scripts', 'review', 'hello.sh'])).out;
  expect(review).toContain('comment on line 2 (version 1): To whom?');
  expect(review).toContain('    2   echo hello');
  expect(await jtp(['scripts', 'reject', 'hello.sh', '--changes', '--note', 'No'])).toMatchObject({ status: 0 });
  expect((await jtp(['scripts', 'ls'])).out).toContain('changes requested');
  expect(await jtp(['scripts', 'approve', 'hello.sh', '--yes'])).toMatchObject({
    status: 4,
    err: expect.stringContaining('another person'),
  });
  await administrator('Zoe', 1);
  expect(await jtp(['scripts', 'approve', 'hello.sh', '--yes', '--sha256', '0'.repeat(64)])).toMatchObject({
    status: 4,
  });
  const approved = await jtp(['scripts', 'approve', 'hello.sh', '--yes']);
  expect(approved).toMatchObject({ status: 0, err: expect.stringContaining('hello.sh: approved.') });
  appendFileSync(join(data, 'scripts', 'hello.sh'), 'echo more\n');
  await look();
  expect((await jtp(['scripts', 'diff', 'hello.sh'])).out.split('\n')).toContain('    3 + echo more');
  expect((await jtp(['scripts', 'review', 'none.sh'])).status).toBe(3);
});

test('a content is put into the folder, read and taken out, over nothing that was not looked at', async () => {
  const off = await jtp(['scripts', 'put', 'made.sh', '-f', '-'], 'echo made\n');
  expect(off).toMatchObject({ status: 4, err: expect.stringContaining('scripts.allow_editing') });
  allowed = { JOB_PORTAL_SCRIPTS_ALLOW_EDITING: 'true' };
  writeFileSync(join(folder.path, 'made.txt'), '#!/bin/sh\r\necho made\r\n');
  const put = await jtp(['scripts', 'put', 'made.sh', '-f', 'made.txt']);
  expect(put).toMatchObject({ status: 0, err: expect.stringContaining('CR LF') });
  expect((await jtp(['scripts', 'put', 'made.sh', '-f', '-'], 'echo more\n')).status).toBe(0);
  expect((await jtp(['scripts', 'get', 'made.sh'])).out).toBe('echo more\n');
  expect((await jtp(['scripts', 'get', 'made.sh', '--number', '1'])).out).toBe('#!/bin/sh\r\necho made\r\n');
  const late = await jtp(['scripts', 'put', 'made.sh', '-f', '-', '--sha256', '0'.repeat(64)], 'echo late\n');
  expect(late).toMatchObject({ status: 4, err: expect.stringContaining('was changed since') });
  const job = '{name: uses made, type: script, config: {script: made.sh}}';
  expect((await jtp(['jobs', 'create', '-f', '-'], job)).status).toBe(0);
  expect(await jtp(['scripts', 'rm', 'made.sh', '--yes'])).toMatchObject({
    status: 4,
    err: expect.stringContaining('uses made'),
  });
  expect((await jtp(['scripts', 'rm', 'made.sh', '--force', '--yes'])).status).toBe(0);
  expect((await jtp(['scripts', 'get', 'made.sh'])).status).toBe(3);
});
