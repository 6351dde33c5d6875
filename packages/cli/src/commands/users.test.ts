import { join } from 'node:path';
import { openStore, realSystem } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { runCommandLine } from '../program.ts';

const folder = freshDir('jtp-users');
const dataDir = join(folder.path, 'data');

async function jtp(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const status = await runCommandLine(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { JOB_PORTAL_DATA_DIR: dataDir },
    cwd: folder.path,
    readStdin: () => Promise.resolve(''),
  });
  return { status, out, err };
}

beforeAll(async () => {
  expect(await jtp('users', 'ls')).toMatchObject({ status: 0 });
  const store = await openStore({ url: `sqlite:${join(dataDir, 'portal.db')}`, system: realSystem() });
  for (const name of ['Ada', 'Bo', 'Tom'])
    await store.people.insert(factories.person({ name, email: `${name.toLowerCase()}@example.org` }));
  await store.close();
});
afterAll(() => folder.remove());

test('what names somebody is written to stdout, they are erased after a question, and the audit verifies (R-186)', async () => {
  const exported = await jtp('users', 'export', 'tom@example.org');
  expect(exported).toMatchObject({ status: 0, err: '' });
  expect(JSON.parse(exported.out)).toMatchObject({ user: { email: 'tom@example.org' }, names: ['Tom'], cut: [] });
  const asked = await jtp('users', 'erase', 'tom@example.org');
  expect(asked).toMatchObject({ status: 2, out: '' });
  expect(asked.err).toContain('It cannot be undone.');
  const erased = await jtp('--yes', '--json', 'users', 'erase', 'tom@example.org');
  expect(JSON.parse(erased.out)).toMatchObject({ jobs: 0, jobs_naming: [] });
  expect(await jtp('users', 'export', 'tom@example.org')).toMatchObject({ status: 3 });
  expect((await jtp('users', 'ls')).out).not.toContain('Tom');
  // The command line acts as the first administrator, who is Ada.
  expect(await jtp('--yes', 'users', 'erase', 'ada@example.org')).toMatchObject({ status: 0 });
  const audit = await jtp('--json', 'audit');
  expect(audit.status).toBe(0);
  expect(audit.out).toContain('erased person');
  expect(audit.out).not.toMatch(/Ada|Tom/);
  const verdict = await jtp('audit', 'verify');
  expect(verdict).toMatchObject({ status: 0, out: expect.stringContaining('that a person was erased from') });
  const last = await jtp('--yes', '--json', 'users', 'erase', 'bo@example.org');
  expect(JSON.parse(last.err)).toMatchObject({ code: 'last_admin' });
  expect(last.status).toBe(4);
});
