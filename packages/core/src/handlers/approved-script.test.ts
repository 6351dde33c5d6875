import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScriptConfig } from '../model/job.ts';
import type { ScriptApprovals } from './handler.ts';
import { Workshop, type Attempted } from './test-attempt.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());
const onWindows = process.platform === 'win32';

/** Approves these files as they are now. */
function approving(...paths: readonly string[]): ScriptApprovals {
  const hashes = new Map(
    paths.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(workshop.scriptsDir, path)))
        .digest('hex'),
    ]),
  );
  return { isApproved: (path, hash) => Promise.resolve(hashes.get(path) === hash) };
}

function run(
  path: string,
  approvals: ScriptApprovals,
  more: {
    readonly config?: Partial<ScriptConfig>;
    readonly hooks?: { before: string | null; after: string | null };
  } = {},
): Promise<Attempted> {
  const { config = {}, hooks } = more;
  return workshop.attempt(
    {
      type: 'script',
      config: { script: path, args: [], env: {}, workingDir: null, ...config },
      ...(hooks === undefined ? {} : { hooks }),
    },
    { ports: { approvals } },
  );
}

describe('where approval is required', () => {
  test('the approved bytes run from a private folder that holds nothing else, and is gone afterwards (P13)', async () => {
    workshop.script('show.sh', '#!/bin/sh\necho "$0"; ls -A; pwd; stat -c %a . "$0"; sleep 0', 0o755);
    const { outcome, log } = await run('show.sh', approving('show.sh'));
    expect(outcome).toMatchObject({
      outcome: 'succeeded',
      measured: { scriptHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const [file = '', only, folder = '', mode, own] = log.split('\n').map((line) => line.replace('stdout: ', ''));
    expect(file.endsWith('/show.sh')).toBe(true);
    expect(file.startsWith(workshop.scriptsDir)).toBe(false);
    expect(only).toBe('show.sh');
    expect(file).toBe(join(folder, 'show.sh'));
    if (!onWindows && process.platform === 'linux') expect([mode, own]).toEqual(['700', '500']);
    expect(() => statSync(folder)).toThrow('ENOENT');
  });

  test('one byte more is not started, and the run says so', async () => {
    workshop.script('byte.sh', 'echo ran');
    const approvals = approving('byte.sh');
    workshop.script('byte.sh', 'echo ran ');
    const { outcome, started } = await run('byte.sh', approvals);
    expect(outcome).toMatchObject({ outcome: 'not_started', reason: 'not_approved', retryable: false });
    expect(outcome.failure?.message).toContain('byte.sh differs from the approved version');
    expect(started).toBe(0);
  });

  test('a neighbour that nobody approved is not there to be sourced or imported (SEC-D5)', async () => {
    workshop.script('lib.sh', 'echo unapproved');
    workshop.script('lib.mjs', 'console.log("unapproved");');
    workshop.script('source.sh', '. ./lib.sh || echo none; . "$(dirname "$0")/lib.sh" || echo none');
    workshop.script('import.mjs', 'await import("./lib.mjs").catch(() => console.log("none"));');
    for (const path of ['source.sh', 'import.mjs']) {
      const { log } = await run(path, approving(path));
      expect(log).toContain('none');
      expect(log).not.toContain('stdout: unapproved');
    }
  });

  test('a job that names a folder has it as its working folder', async () => {
    workshop.script('where.sh', 'pwd');
    const { log } = await run('where.sh', approving('where.sh'), { config: { workingDir: '.' } });
    expect(log).toBe(`stdout: ${workshop.scriptsDir}`);
  });

  test('the scripts around it are asked for and copied alike', async () => {
    workshop.script('main.sh', 'echo main');
    workshop.script('before.sh', 'echo before');
    workshop.script('after.sh', 'echo after');
    const hooks = { before: 'before.sh', after: 'after.sh' };
    const all = approving('main.sh', 'before.sh', 'after.sh');
    expect((await run('main.sh', all, { hooks })).log).toBe('stdout: before\nstdout: main\nstdout: after');
    const some = await run('main.sh', approving('main.sh', 'before.sh'), { hooks });
    expect(some.outcome).toMatchObject({ outcome: 'not_started', reason: 'not_approved' });
    const left = readdirSync(workshop.folder, { recursive: true }).filter((path) => String(path).includes('script-'));
    expect(left).toEqual([]);
  });

  test('a link is not followed, and an approval that cannot be asked for is no failure of the job', async () => {
    workshop.script('real.sh', 'echo ran');
    symlinkSync(join(workshop.scriptsDir, 'real.sh'), join(workshop.scriptsDir, 'link.sh'));
    const all: ScriptApprovals = { isApproved: () => Promise.resolve(true) };
    expect((await run('link.sh', all)).outcome).toMatchObject({ reason: 'script_outside_folder' });
    const away: ScriptApprovals = { isApproved: () => Promise.reject(new Error('the database is away')) };
    expect((await run('real.sh', away)).outcome).toMatchObject({ outcome: 'not_started', retryable: true });
  });
});
