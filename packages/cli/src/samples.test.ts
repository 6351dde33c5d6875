/** Every sample through a real worker and spawner, as a person would run it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import {
  createEngine,
  isFinal,
  logPath,
  LogReader,
  realSystem,
  systemClock,
  type Actor,
  type Attempt,
  type Engine,
  type Run,
} from 'job-trigger-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../../../test/setup/certificate.ts';
import { freshDir } from '../../../test/setup/databases.ts';
import { openInstallation, type Installation } from './assembly.ts';
import { readConfig } from './settings-source.ts';
import type { Terminal } from './terminal.ts';

const actor: Actor = { personId: null, name: 'mei', via: 'cli' };
const dayMs = 86_400_000;

interface Ended {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  readonly stdout: string;
  readonly stderr: string;
}

/** An installation with a worker whose jobs find their programs in `path`. */
async function working(path: string) {
  const folder = freshDir('jtp-samples');
  const dataDir = join(folder.path, 'data');
  const terminal: Terminal = {
    stdout: { write: () => true },
    stderr: { write: () => true },
    env: { JOB_PORTAL_DATA_DIR: dataDir, JOB_PORTAL_WORKER_POLL_INTERVAL: '0.1' },
    cwd: folder.path,
    readStdin: () => Promise.resolve(''),
  };
  const installation: Installation = await openInstallation(terminal, await readConfig(terminal, {}));
  const engine: Engine = await createEngine({
    store: installation.store,
    system: realSystem({ clock: systemClock({ keepsAlive: true }) }),
    config: installation.config,
    roles: { scheduler: false, worker: true },
    name: 'samples',
    version: '0.1.0',
    hostEnv: { PATH: path, HOME: folder.path },
  });
  await engine.start();
  let made = 0;
  const { operations, store } = installation;

  async function outputOf(run: Run): Promise<Pick<Ended, 'stdout' | 'stderr'>> {
    const reader = await LogReader.open(logPath(dataDir, run, Math.max(1, run.attempt)));
    if (reader === null) return { stdout: '', stderr: '' };
    const lines = await reader.read({ fromLine: 1, count: 1000 });
    await reader.close();
    const of = (stream: string): string =>
      lines.flatMap((line) => (line.stream === stream ? [line.text] : [])).join('\n');
    return { stdout: of('stdout'), stderr: of('stderr') };
  }

  async function run(script: string, config: { args?: string[]; env?: Record<string, string> } = {}): Promise<Ended> {
    const name = `${script} ${(made += 1)}`;
    const { job } = await operations.jobs.create({ name, type: 'script', config: { script, ...config } }, actor);
    const reference = await operations.runs.start(job.id, {}, actor);
    for (let tries = 0; tries < 1200; tries += 1) {
      const { run: found, attempts } = await operations.runs.get(reference);
      if (isFinal(found.state)) return { run: found, attempts, ...(await outputOf(found)) };
      await rest(25);
    }
    throw new Error(`${name} did not end.`);
  }

  async function close(): Promise<void> {
    await engine.stop({ now: true });
    await installation.close();
    folder.remove();
  }
  return { dataDir, store, operations, run, close };
}

type Working = Awaited<ReturnType<typeof working>>;
let here: Working;
beforeAll(async () => {
  here = await working(process.env['PATH'] ?? '');
});
afterAll(() => here?.close());

/** The assertion, or, where the machine has no such program, that the attempt says so. */
function orMissing(ended: Ended, program: RegExp, check: () => void): void {
  const [attempt] = ended.attempts;
  if (attempt?.outcome !== 'not_started') return check();
  expect(ended.run.state).toBe('failed');
  expect(attempt.failure?.message).toMatch(program);
}

describe('the backup sample', () => {
  const inBackups = (): string[] => readdirSync(join(here.dataDir, 'backups')).sort();

  test('its copy is whole, stands alone, agrees with its checksum, and opens while the portal writes on', async () => {
    // The portal writes on while the copy is made.
    let writing = true;
    const writer = (async () => {
      for (let nth = 0; writing; nth += 1) {
        await here.operations.jobs.create(
          { name: `busy ${nth}`, type: 'script', config: { script: 'disk-usage.sh' } },
          actor,
        );
        await rest(2);
      }
    })();
    const before = await here.store.jobs.count({});
    const { run, stdout } = await here.run('backup-database.mjs');
    writing = false;
    await writer;
    const after = await here.store.jobs.count({});
    expect([run.state, run.exitCode]).toEqual(['succeeded', 0]);
    const { file, sha256 } = run.result as { file: string; sha256: string };
    expect(stdout).toContain(`Wrote ${file} (`);
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(sha256);
    expect(readFileSync(`${file}.sha256`, 'utf8')).toBe(`${sha256}  ${file.split(/[\\/]/).at(-1)}\n`);
    const copy = new DatabaseSync(file, { readOnly: true });
    expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const { jobs } = copy.prepare('SELECT count(*) AS jobs FROM jobs').get() as { jobs: number };
    expect(jobs).toBeGreaterThanOrEqual(before);
    expect(jobs).toBeLessThanOrEqual(after);
    const torn = 'SELECT count(*) AS torn FROM jobs WHERE id NOT IN (SELECT job_id FROM job_versions)';
    expect(copy.prepare(torn).get()).toEqual({ torn: 0 });
    copy.close();
    expect(inBackups().filter((name) => /-wal|-shm|\.part/.test(name))).toEqual([]);
  });

  test('a copy of a quiet portal has as many jobs as it, and a portal starts on it', async () => {
    const { run } = await here.run('backup-database.mjs');
    const { file } = run.result as { file: string };
    const restored = freshDir('jtp-restored');
    const terminal: Terminal = {
      stdout: { write: () => true },
      stderr: { write: () => true },
      env: { JOB_PORTAL_DATA_DIR: restored.path },
      cwd: restored.path,
      readStdin: () => Promise.resolve(''),
    };
    writeFileSync(join(restored.path, 'portal.db'), readFileSync(file));
    const again = await openInstallation(terminal, await readConfig(terminal, {}));
    expect(await again.store.jobs.count({})).toBe(await here.store.jobs.count({}));
    expect((await again.store.jobs.get(run.jobId))?.definition.name).toBe(run.jobName);
    await again.close();
    restored.remove();
  });

  test.skipIf(process.platform === 'win32')('only the owner reads the copy and its checksum', async () => {
    const { run } = await here.run('backup-database.mjs');
    const { file } = run.result as { file: string };
    const modes = [file, `${file}.sha256`].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes).toEqual(['600', '600']);
  });

  test('only the newest copies stay', async () => {
    const folder = join(here.dataDir, 'kept');
    for (let nth = 0; nth < 3; nth += 1)
      expect((await here.run('backup-database.mjs', { args: [here.dataDir, folder, '2'] })).run.state).toBe(
        'succeeded',
      );
    const names = readdirSync(folder).sort();
    expect(names.map((name) => name.replace(/^.*\.db/, 'db'))).toEqual(['db', 'db.sha256', 'db', 'db.sha256']);
    const last = await here.run('backup-database.mjs', { args: [here.dataDir, folder, '2'] });
    expect(last.stdout).toContain(`Removed ${names[0]}: only the newest 2 are kept`);
    expect(readdirSync(folder)).not.toContain(names[0]);
  });

  test('it says what is wrong where there is no database, and with a wrong number', async () => {
    const none = await here.run('backup-database.mjs', { args: [join(here.dataDir, 'none')] });
    expect([none.run.exitCode, none.stderr]).toEqual([1, expect.stringContaining('pg_dump')]);
    const wrong = await here.run('backup-database.mjs', { args: [here.dataDir, join(here.dataDir, 'x'), 'many'] });
    expect([wrong.run.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining("not 'many'")]);
    expect(existsSync(join(here.dataDir, 'x'))).toBe(false);
  });
});

test('the disk-usage sample reports, and fails above its limit', async () => {
  const fine = await here.run('disk-usage.sh', { args: ['100'] });
  orMissing(fine, /bash|sh/, () => {
    expect(fine.run.exitCode).toBe(0);
    expect(fine.stdout).toMatch(/GB free +\d+ % used/);
  });
  const full = await here.run('disk-usage.sh', { args: ['-1'] });
  orMissing(full, /bash|sh/, () => {
    expect([full.run.exitCode, full.stderr]).toEqual([2, "The limit must be a whole number, not '-1'."]);
  });
});

describe('the website sample', () => {
  const open: Server[] = [];
  afterAll(() => {
    for (const server of open) server.close();
  });
  async function listening(make: (answer: RequestListener) => Server, status: number): Promise<number> {
    const server = make((_, response) => {
      response.writeHead(status).end('ok');
    });
    open.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  test('an answer is green, an error and silence are not', async () => {
    const good = await listening(createHttpServer, 200);
    const bad = await listening(createHttpServer, 503);
    const fine = await here.run('check-website.mjs', { args: [`http://127.0.0.1:${good}/`] });
    expect([fine.run.exitCode, fine.stdout]).toEqual([0, expect.stringMatching(/answered 200 in \d+ ms/)]);
    const failing = await here.run('check-website.mjs', { args: [`http://127.0.0.1:${bad}/`] });
    expect([failing.run.exitCode, failing.stdout]).toEqual([1, expect.stringContaining('answered 503')]);
    const away = await here.run('check-website.mjs', { args: ['http://127.0.0.1:1/'] });
    expect([away.run.exitCode, away.run.failure?.category]).toEqual([1, 'network_error']);
    const none = await here.run('check-website.mjs');
    expect([none.run.exitCode, none.stderr]).toEqual([2, expect.stringContaining('Name the address')]);
  });

  test('a certificate that ends soon is told in time', async () => {
    const trusted = async (days: number): Promise<Ended> => {
      const pair = selfSigned(Date.now() + days * dayMs + 3_600_000);
      const port = await listening((answer) => createHttpsServer(pair, answer), 200);
      const ca = join(here.dataDir, `ca-${days}.pem`);
      writeFileSync(ca, pair.cert);
      return here.run('check-website.mjs', {
        args: [`https://localhost:${port}/`, '14'],
        env: { NODE_EXTRA_CA_CERTS: ca },
      });
    };
    const young = await trusted(90);
    expect([young.stderr, young.run.exitCode]).toEqual(['', 0]);
    expect(young.stdout).toContain('holds 90 more days');
    const old = await trusted(5);
    expect([old.run.exitCode, old.stderr]).toEqual([1, 'That is less than 14 days.']);
    const stranger = await listening((answer) => createHttpsServer(selfSigned(Date.now() + dayMs), answer), 200);
    const refused = await here.run('check-website.mjs', { args: [`https://localhost:${stranger}/`] });
    expect([refused.run.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('self-signed certificate')]);
  });
});

describe('the Python sample', () => {
  test('writes to both streams and leaves a result', async () => {
    const ended = await here.run('two-streams.py');
    orMissing(ended, /python3/, () => {
      expect([ended.run.state, ended.run.result]).toEqual(['succeeded', { steps: 3 }]);
      expect(ended.stdout).toMatch(new RegExp(`^Python 3\\.\\S+ runs as [0-9a-f-]{36}\nstep 1 of 3\n`));
      expect(ended.stderr.split('\n')).toEqual([1, 2, 3].map((step) => `a remark on step ${step}`));
    });
  });

  test('where no Python is, nothing is started, and it is named', async () => {
    const bare = freshDir('jtp-no-programs');
    const there = await working(bare.path);
    const { run, attempts } = await there.run('two-streams.py');
    expect([run.state, attempts.map(({ outcome }) => outcome)]).toEqual(['failed', ['not_started']]);
    expect(run.failure).toMatchObject({
      category: 'config_error',
      message: expect.stringContaining('"python3"'),
    });
    await there.close();
    bare.remove();
  });
});

test('the failing sample ends with its own status and its own words', async () => {
  const ended = await here.run('always-fails.sh');
  orMissing(ended, /bash|sh/, () => {
    expect([ended.run.state, ended.run.exitCode]).toEqual(['failed', 3]);
    expect(ended.run.failure?.detail).toContain('No such file or directory');
    expect(ended.stdout).toBe('Looking for a file that is not there');
  });
});

describe('the clean-up sample', () => {
  test('lists what is old, removes it only when told to, and stays in the data folder', async () => {
    const folder = join(here.dataDir, 'old');
    mkdirSync(folder);
    for (const [name, days] of [
      ['old.txt', 40],
      ['young.txt', 2],
    ] as const) {
      const file = join(folder, name);
      writeFileSync(file, 'x');
      const at = new Date(Date.now() - days * dayMs);
      utimesSync(file, at, at);
    }
    const listed = await here.run('clean-up-folder.mjs', { args: ['old', '30'] });
    expect(listed.stdout).toContain('Would remove old.txt (1 bytes)');
    expect(readdirSync(folder).sort()).toEqual(['old.txt', 'young.txt']);
    const removed = await here.run('clean-up-folder.mjs', { args: ['old', '30', '--yes'] });
    expect([removed.run.exitCode, removed.stdout.split('\n').at(-1)]).toEqual([0, '1 files, 1 bytes']);
    expect(readdirSync(folder)).toEqual(['young.txt']);
    const outside = await here.run('clean-up-folder.mjs', { args: ['..', '1', '--yes'] });
    expect([outside.run.exitCode, outside.stderr]).toEqual([2, expect.stringContaining('is not below')]);
    const vague = await here.run('clean-up-folder.mjs', { args: ['old'] });
    expect([vague.run.exitCode, vague.stderr]).toEqual([2, expect.stringContaining('an age in days')]);
  });
});

test('hello-progress reports how far it is, writes in colour and leaves a result', async () => {
  const { run, stdout, stderr } = await here.run('hello-progress.mjs', { args: ['1.5'] });
  expect([run.state, run.result]).toEqual(['succeeded', { greeted: 'the world', steps: 12 }]);
  expect(run.progress).toMatchObject({ fraction: 1, message: 'step 12 of 12' });
  expect(stdout).toContain('\u001b[36mstep 12\u001b[0m');
  expect(stderr).toContain('no failure');
});
