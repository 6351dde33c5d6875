import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { jtp as call } from '../../../test/setup/jtp.ts';

let folder: ReturnType<typeof freshDir>;
let data = '';
beforeEach(() => {
  folder = freshDir('jtp-secrets');
  data = join(folder.path, 'data');
  mkdirSync(join(data, 'scripts'), { recursive: true, mode: 0o700 });
});
afterEach(() => folder.remove());

const jtp = (
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
) => call(args, { cwd: folder.path, env: { JOB_PORTAL_DATA_DIR: data, ...env }, input });

/** Every file of the data folder besides the key, as text. */
function everythingKept(path = data): string {
  const entries = readdirSync(path, { withFileTypes: true });
  const texts = entries.map((entry) => {
    const at = join(path, entry.name);
    if (entry.isDirectory()) return everythingKept(at);
    return entry.isFile() && entry.name !== 'secret.key' ? readFileSync(at).toString('latin1') : '';
  });
  return texts.join('\n');
}

test(
  'a secret goes in by standard input, a run gets it, and nothing that is kept shows it (SEC-H1) (SEC-H5)',
  { timeout: 120_000 },
  async () => {
    const value = 'kept-by-nobody-4711';
    writeFileSync(join(data, 'scripts', 'tell.sh'), 'echo "it is $TOKEN"; printf %s "$TOKEN" | base64; exit 4\n');
    const set = await jtp(['secrets', 'set', 'api.token'], { input: `${value}\n` });
    expect(set).toMatchObject({ status: 0, stderr: expect.stringContaining('Set api.token, version 1.') as string });
    expect(await jtp(['secrets', 'set', 'api.token'], { input: '' })).toMatchObject({ status: 2 });
    writeFileSync(
      join(folder.path, 'job.yaml'),
      'name: tells\ntype: script\nconfig: { script: tell.sh }\nsecrets: { TOKEN: api.token }\n',
    );
    await jtp(['jobs', 'create', '-f', 'job.yaml']);
    const started = await jtp(['run', 'tells', '--json']);
    const { run_id: id } = JSON.parse(started.stdout) as { run_id: string };
    await jtp(['worker', '--once']);
    const log = await jtp(['logs', id]);
    expect(log.stdout).toContain('it is ***\n***');
    expect((await jtp(['secrets', 'ls'])).stdout).toMatch(/^api\.token\teverybody\tlocal\t1 job\t/m);
    expect(await jtp(['secrets', 'rm', 'api.token', '--yes'])).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('is used by tells') as string,
    });
    const turned = await jtp(['secrets', 'rotate-key']);
    expect(turned.stderr).toContain('A new key');
    expect(await jtp(['secrets', 'test', 'api.token'])).toMatchObject({ status: 0 });
    expect((await jtp(['secrets', 'mask'], { input: `a ${value} b\n` })).stdout).toBe('a *** b\n');
    const kept = everythingKept();
    for (const form of [value, Buffer.from(value).toString('base64').slice(0, 20), Buffer.from(value).toString('hex')])
      expect(kept).not.toContain(form);

    // Another key in the place of this one: nothing starts, and the message says what to do.
    writeFileSync(join(data, 'secret.key'), `${Buffer.alloc(32, 'another key').toString('base64')}\n`);
    const refused = await jtp(['worker', '--once']);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('Bring back the key');
    const weak = await jtp(['worker', '--once'], { env: { JOB_PORTAL_SECRET_KEY: 'changeme' } });
    expect(weak.stderr).toContain('at least 32 are needed');
  },
);
