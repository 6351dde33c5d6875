import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { wrongJobs } from '../../portal/src/test-wrong-jobs.ts';
import { wrongSchedules } from '../../portal/src/test-wrong-schedules.ts';
import { runCommandLine } from './program.ts';

const folder = freshDir('jtp-same');
const dataDir = join(folder.path, 'data');

async function jtp(args: readonly string[], input: string): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const status = await runCommandLine(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { JOB_PORTAL_DATA_DIR: dataDir },
    cwd: folder.path,
    readStdin: () => Promise.resolve(input),
  });
  return { status, out, err };
}

beforeAll(async () => {
  mkdirSync(join(dataDir, 'scripts'), { recursive: true });
  writeFileSync(join(dataDir, 'scripts', 'hello.sh'), 'echo hello\n');
  writeFileSync(join(dataDir, 'outside.sh'), 'echo outside\n');
  symlinkSync(join(dataDir, 'outside.sh'), join(dataDir, 'scripts', 'link.sh'));
  const saved = '{name: saved, type: script, config: {script: hello.sh}}';
  expect(await jtp(['jobs', 'create', '-f', '-'], saved)).toMatchObject({ status: 0 });
});
afterAll(() => folder.remove());

/** What the portal refuses of a new job, told to the command line. */
const bodies = [...wrongJobs, ...wrongSchedules].filter(({ path, body }) => path === undefined && body !== undefined);

test.each(bodies)('$what has the code and the field that REST gives (R-038)', async ({ body, status, code, field }) => {
  const text = (typeof body === 'string' ? body : JSON.stringify(body)).replace('{outside}', '/outside.sh');
  const ended = await jtp(['--json', 'jobs', 'create', '-f', '-'], text);
  const problem = JSON.parse(ended.err) as Problem;
  expect([problem.code, problem.errors?.map(({ path }) => path)]).toEqual([code, [field]]);
  expect([ended.status, ended.out]).toEqual([status === 409 ? 4 : 2, '']);
});
