import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { runCommandLine } from '../program.ts';

const [folder, empty] = [freshDir('jtp-jobs'), freshDir('jtp-no-jobs')];
afterAll(() => {
  folder.remove();
  empty.remove();
});

const jtp = (...args: readonly string[]) => jtpIn(folder.path, ...args);
async function jtpIn(path: string, ...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const status = await runCommandLine(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { JOB_PORTAL_DATA_DIR: path },
    cwd: path,
    readStdin: () => Promise.resolve(''),
  });
  return { status, out, err };
}

test('an empty list speaks of a filter only where one was set', async () => {
  expect(await jtpIn(empty.path, 'jobs', 'ls', '--limit', '5')).toEqual({
    status: 0,
    out: '',
    err: 'No jobs yet. Create one with: jtp jobs create -f job.yaml\n',
  });
  expect((await jtpIn(empty.path, 'jobs', 'ls', '--tag', 'db')).err).toContain('Clear a filter');
  expect((await jtpIn(empty.path, 'jobs', 'ls', '--deleted')).err).toBe('No job is deleted.\n');
});

test('a run that is refused behind a waiting one tells why that one waits; a short id of the pages is enough', async () => {
  writeFileSync(join(folder.path, 'job.yaml'), '{name: stuck, type: script, config: {script: two-streams.py}}');
  await jtp('jobs', 'create', '-f', 'job.yaml');
  const id = (await jtp('run', 'stuck')).out.trim();
  const refused = await jtp('run', 'stuck');
  expect(refused.status).toBe(4);
  expect(refused.err).toMatch(`Run ${id} waits: No worker is running.\n`);
  expect(JSON.parse((await jtp('runs', 'get', id.slice(-8), '--json')).out)).toMatchObject({ id });
  expect(await jtp('runs', 'get', 'ffffffff')).toMatchObject({ status: 3, err: expect.stringContaining('whole id') });
  const cancelled = await jtp('runs', 'cancel', id.slice(-8), '--note', 'wrong day');
  expect(cancelled.err).toBe(`Cancelling ${id}.\n`);
  expect((await jtp('runs', 'get', id)).out).toMatch(/cancel\s+asked for by .+: wrong day/);
});

test('a job is created with what it waits for, by name or id (R-118)', async () => {
  for (const name of ['extract', 'load'])
    expect(
      await jtp('jobs', 'create', '--name', name, '--type', 'script', '--set', 'script=two-streams.py'),
    ).toMatchObject({ status: 0 });
  const { id: extract } = JSON.parse((await jtp('jobs', 'get', 'extract', '--json')).out) as { id: string };
  const { id: load } = JSON.parse((await jtp('jobs', 'get', 'load', '--json')).out) as { id: string };
  const report = ['--name', 'report', '--type', 'script', '--set', 'script=two-streams.py'];
  expect((await jtp('jobs', 'create', ...report, '--mode', 'any_success')).status).toBe(2);
  expect((await jtp('jobs', 'create', ...report, '--depends-on', 'nobody')).status).toBe(3);
  const waits = ['--depends-on', `extract, ${load}`, '--mode', 'any_success'];
  const made = await jtp('jobs', 'create', ...report, ...waits, '--json');
  expect(JSON.parse(made.out)).toMatchObject({ depends_on: { mode: 'any_success', jobs: [extract, load] } });
  expect((await jtp('jobs', 'get', 'report')).out).toContain(`waits for\tany_success of ${extract}, ${load}\n`);
});

test('a table that has more behind it says how to see that, and the last one does not', async () => {
  const few = freshDir('jtp-few-jobs');
  try {
    for (const name of ['one', 'two']) {
      writeFileSync(join(few.path, 'job.yaml'), `{name: ${name}, type: script, config: {script: two-streams.py}}`);
      await jtpIn(few.path, 'jobs', 'create', '-f', 'job.yaml');
    }
    const first = await jtpIn(few.path, 'jobs', 'ls', '--limit', '1', '--sort', 'name');
    expect(first.out).toMatch(/^one\t/);
    const [, cursor = ''] = /^There are more: the same with --cursor (\S+)\n$/.exec(first.err) ?? [];
    const second = await jtpIn(few.path, 'jobs', 'ls', '--limit', '1', '--sort', 'name', '--cursor', cursor);
    expect(second).toMatchObject({ err: '', status: 0 });
    expect(second.out).toMatch(/^two\t/);
  } finally {
    few.remove();
  }
});

test('of jobs due within a time the soonest come first, those due later and never are left out, and nothing lies behind', async () => {
  const due = freshDir('jtp-due-jobs');
  try {
    const rules = { far: 300, soon: 20, sooner: 5, never: 0 };
    for (const [name, every] of Object.entries(rules)) {
      const spec = `{kind: interval, every: ${every}, unit: minutes, timezone: UTC}`;
      const schedules = every === 0 ? '[]' : `[${spec}]`;
      const job = `{name: ${name}, type: script, config: {script: two-streams.py}, schedules: ${schedules}}`;
      writeFileSync(join(due.path, 'job.yaml'), job);
      expect(await jtpIn(due.path, 'jobs', 'create', '-f', 'job.yaml')).toMatchObject({ status: 0 });
    }
    const listed = async (...more: readonly string[]): Promise<readonly (readonly string[] | string | null)[]> => {
      const { out } = await jtpIn(due.path, 'jobs', 'ls', '--next', '1h', '--json', ...more);
      const page = JSON.parse(out) as { items: readonly { name: string }[]; next_cursor: string | null };
      return [page.items.map(({ name }) => name), page.next_cursor];
    };
    expect(await listed()).toEqual([['sooner', 'soon'], null]);
    const [first, cursor] = await listed('--limit', '1');
    expect(first).toEqual(['sooner']);
    expect((await listed('--limit', '1', '--cursor', String(cursor)))[0]).toEqual(['soon']);
    expect((await jtpIn(due.path, 'jobs', 'ls', '--next', '1m')).err).toContain('No jobs match');
  } finally {
    due.remove();
  }
});
