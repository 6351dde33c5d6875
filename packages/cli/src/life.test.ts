import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../test/setup/databases.ts';
import { cleanUps, installation, spawnerOf, until, type RunShape } from '../../../test/setup/processes.ts';

describe('jtp, as a person uses it', () => {
  test('the backup sample turns green, its output is readable, and its backup opens', { timeout: 60_000 }, async () => {
    const { data, jtp, up } = installation();
    const running = await up('start', '--port', '0');
    expect(
      (await jtp(['jobs', 'create', '-f', '-'], '{name: backup, type: script, config: {script: backup-database.mjs}}'))
        .status,
    ).toBe(0);
    const run = await jtp(['run', 'backup', '--wait']);
    expect([run.status, run.stderr]).toEqual([0, expect.stringContaining('succeeded')]);
    expect((await jtp(['logs', 'backup'])).stdout).toMatch(/^Wrote .*sha256 [0-9a-f]{64}\)\n$/);
    const files = readdirSync(join(data, 'backups'));
    expect(files.map((name) => name.replace(/^.*\.db/, 'db'))).toEqual(['db', 'db.sha256']);
    const copy = new DatabaseSync(join(data, 'backups', files[0] ?? ''), { readOnly: true });
    expect(copy.prepare('SELECT count(*) AS jobs FROM jobs').get()).toMatchObject({ jobs: 1 });
    copy.close();
    running.kill('SIGTERM');
    expect(await once(running, 'exit')).toEqual([0, null]);
  });

  test(
    'on PostgreSQL the roles run apart, and two of each make one run an instant, on the grid',
    { timeout: 90_000 },
    async () => {
      const database = await freshPostgres(inject('postgresUrl'));
      cleanUps.push(() => database.drop());
      const { jtp, json, up } = installation({ JOB_PORTAL_DB_URL: database.url });
      await up('portal', '--port', '0');
      const roles = ['scheduler a', 'scheduler b', 'worker c', 'worker d'].map((words) => words.split(' '));
      await Promise.all(roles.map(([role = '', name = '']) => up(role, '--name', name)));
      await jtp(
        ['jobs', 'create', '-f', '-'],
        '{name: tick, type: script, config: {script: two-streams.py}, overlap: allow, max_concurrent: 5, schedules: [{kind: interval, every: 2, unit: seconds}]}',
      );
      const page = await until(
        () => json<{ items: RunShape[] }>('runs', 'ls', '--state', 'succeeded,failed'),
        (runs) => runs.items.length >= 3,
      );
      const due = page.items.map((run) => Date.parse(run.due_at ?? ''));
      expect(new Set(due).size).toBe(due.length);
      expect(due.every((at, index) => index === 0 || (due[index - 1] ?? 0) - at === 2000)).toBe(true);
    },
  );

  test.each(['SQLite', 'PostgreSQL'] as const)(
    'on %s one of two schedulers is killed: the other plans on, no instant late by two seconds, none twice (F1, R-074)',
    { timeout: 90_000 },
    async (kind) => {
      const database = kind === 'PostgreSQL' ? await freshPostgres(inject('postgresUrl')) : null;
      if (database !== null) cleanUps.push(() => database.drop());
      const { jtp, json, up } = installation(database === null ? {} : { JOB_PORTAL_DB_URL: database.url });
      const first = await up('scheduler', '--name', 'a');
      await up('scheduler', '--name', 'b');
      await jtp(
        ['jobs', 'create', '-f', '-'],
        '{name: tick, type: script, config: {script: two-streams.py}, overlap: allow, max_concurrent: null, schedules: [{kind: interval, every: 1, unit: seconds}]}',
      );
      const runs = async () => (await json<{ items: RunShape[] }>('runs', 'ls', '--limit', '100')).items;
      await until(runs, (items) => items.length >= 3);
      first.kill('SIGKILL');
      const killedAt = Date.now();
      const all = await until(runs, (items) => items.some((run) => Date.parse(run.due_at ?? '') > killedAt + 4000));
      const due = all.map((run) => Date.parse(run.due_at ?? '')).toSorted((a, b) => a - b);
      expect(due.every((at, index) => index === 0 || at - (due[index - 1] ?? 0) === 1000)).toBe(true);
      const late = all.map((run) => Date.parse(run.created_at) - Date.parse(run.due_at ?? ''));
      expect(Math.max(...late)).toBeLessThan(2000);
    },
  );

  test('a demo is filled at start, once, and removed in mid-run without harm', { timeout: 120_000 }, async () => {
    const { data, jtp, json, up } = installation();
    expect((await jtp(['demo'])).stderr).toContain('There is no demo data');
    const first = await up('start', '--demo', '--port', '0');
    const filled = await json<{ jobs: number; runs: number; files: readonly string[] }>('demo');
    expect(filled.jobs).toBe(20);
    expect(filled.runs).toBeGreaterThan(5000);
    const listed = await json<{ items: readonly { name: string; demo: boolean }[] }>('jobs', 'ls', '--limit', '100');
    expect(listed.items.filter(({ demo }) => demo)).toHaveLength(20);
    first.kill('SIGTERM');
    await once(first, 'exit');
    const again = await up('start', '--demo', '--port', '0');
    expect((await json<{ jobs: number }>('demo')).jobs).toBe(20);

    const green = await jtp(['run', 'supplier-prices', '-p', 'file=sample.csv', '--wait']);
    expect([green.status, green.stderr]).toEqual([0, expect.stringContaining('succeeded')]);
    await jtp(['jobs', 'create', '-f', '-'], '{name: mine, type: script, config: {script: disk-usage.sh}}');
    const id = (await jtp(['run', 'search-index'])).stdout.trim();
    await until(
      () => json<RunShape>('runs', 'get', id),
      (run) => run.state === 'running',
    );
    const asked = await jtp(['demo', 'rm']);
    expect([asked.status, asked.stderr]).toEqual([2, expect.stringContaining('Add --yes')]);
    const removed = await json<{ jobs: number; files_kept: readonly string[] }>('demo', 'rm', '--yes');
    expect(removed).toMatchObject({ jobs: 20, files_kept: [] });
    expect((await jtp(['runs', 'get', id])).status).toBe(3);
    expect(existsSync(join(data, 'scripts', 'demo'))).toBe(false);
    expect(existsSync(join(data, 'scripts', 'hello-progress.mjs'))).toBe(true);
    const left = await json<{ items: readonly { name: string }[] }>('jobs', 'ls');
    expect(left.items.map(({ name }) => name)).toEqual(['mine']);
    expect((await jtp(['run', 'mine', '--wait'])).status).toBe(0);
    expect(again.exitCode).toBeNull();
  });

  test('a definition is tried once without being saved, and its output followed', { timeout: 120_000 }, async () => {
    const { data, jtp, json, up } = installation();
    await up('start', '--port', '0');
    writeFileSync(
      join(data, 'scripts', 'says.sh'),
      'echo "one $JTP_PARAM_LEVEL"; sleep 0.4; echo two; printf three; exit 4\n',
    );
    const definition =
      '{name: tried, type: script, config: {script: says.sh}, parameters: [{name: level, type: integer}], retry: {}}';
    const tried = await jtp(['run', '-f', '-', '-p', 'level=9', '--follow', '--note', 'first'], definition);
    expect([tried.status, tried.stdout]).toEqual([1, 'one 9\ntwo\nthree\n']);
    const { items } = await json<{ items: { id: string; draft: boolean; note: string }[] }>('runs', 'ls');
    expect(items).toMatchObject([{ draft: true, note: 'first' }]);
    expect(await json<object>('jobs', 'ls')).toMatchObject({ items: [] });
    expect((await jtp(['logs', '-f', '--tail', '1', items[0]?.id ?? ''])).stdout).toBe('three\n');
    const keyed = ['run', '-f', '-', '--idempotency-key', 'k'];
    const [first, second] = [await jtp(keyed, definition), await jtp(keyed, definition)];
    expect([second.status, second.stdout]).toEqual([0, first.stdout]);
    expect((await jtp([...keyed, '-p', 'level=1'], definition)).status).toBe(2);
    expect((await jtp(['run', 'tried', '-f', '-'], definition)).status).toBe(2);
    expect((await jtp(['runs', 'retry', items[0]?.id ?? ''])).status).toBe(4);
  });

  test('a run that nobody carries out says why, each reason once', { timeout: 60_000 }, async () => {
    const { jtp, up } = installation();
    await jtp(
      ['jobs', 'create', '-f', '-'],
      '{name: stuck, type: script, config: {script: two-streams.py}, overlap: allow, queue: etl}',
    );
    const queued = await jtp(['run', 'stuck']);
    expect(queued.stderr).toMatch(
      /^Queued a run of stuck\..*\nNo worker is running\.\n {2}To change that: start a worker: jtp worker\n$/,
    );
    expect((await jtp(['-q', 'run', 'stuck'])).stderr).toBe('');
    const nobody = await jtp(['run', 'stuck', '--follow', '--timeout', '4s']);
    expect([nobody.status, nobody.stdout]).toEqual([5, '']);
    expect(nobody.stderr.split('waits: No worker is running.')).toHaveLength(2);
    await up('worker');
    const elsewhere = await jtp(['run', 'stuck', '--wait', '--timeout', '4s']);
    expect(elsewhere.status).toBe(5);
    expect(elsewhere.stderr.split('waits: No worker serves the queue etl')).toHaveLength(2);
    expect((await jtp(['-q', 'run', 'stuck', '--wait', '--timeout', '3s'])).stderr).not.toContain('waits');
  });

  test('between two attempts a follower hears how the first one ended', { timeout: 60_000 }, async () => {
    const { data, jtp, up } = installation();
    await up('start', '--port', '0');
    writeFileSync(join(data, 'scripts', 'bad.sh'), 'echo tried; exit 1\n');
    await jtp(
      ['jobs', 'create', '-f', '-'],
      '{name: bad, type: script, config: {script: bad.sh}, retry: {max_attempts: 2, strategy: fixed, delay_seconds: 5}}',
    );
    const ended = await jtp(['run', 'bad', '--follow']);
    expect([ended.status, ended.stdout]).toEqual([1, 'tried\ntried\n']);
    expect(ended.stderr).toMatch(/^Attempt 1 failed, waiting \d s\.$/m);
  });

  test.runIf(process.platform === 'linux')(
    'a process may look up twelve names at once, so that some that nobody answers for hold up no other (F57)',
    async () => {
      const { up } = installation();
      const { pid } = await up('start', '--port', '0');
      const threads = readdirSync(`/proc/${pid}/task`).map((id) =>
        readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim(),
      );
      // The system's resolver blocks the thread that asks it, and gets half of these.
      expect(threads.filter((name) => name === 'libuv-worker')).toHaveLength(24);
    },
  );

  test('a start whose port is taken says so and leaves nothing running', async () => {
    const { jtp } = installation();
    const other = createServer().listen(0, '127.0.0.1');
    cleanUps.push(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await jtp(['start', '--port', String(port)]);
    expect([status, stderr]).toEqual([
      2,
      `error: Port ${port} on 127.0.0.1 is taken. Choose another with JOB_PORTAL_PORT or --port.\n`,
    ]);
  });

  test('a wrong address of the administrator is told by its variable before anything is made', async () => {
    const { data, jtp } = installation({ JOB_PORTAL_ADMIN_EMAIL: 'mei' });
    expect(await jtp(['start', '--port', '0'])).toEqual({
      status: 2,
      stdout: '',
      stderr: "error: admin.email (from JOB_PORTAL_ADMIN_EMAIL): 'mei' is no e-mail address\n",
    });
    expect(existsSync(data)).toBe(false);
  });

  test('a variable that is no setting is told at start, with the name that was meant', async () => {
    const { jtp } = installation({ JOB_PORTAL_PRT: '8090', JOB_PORTAL_ADMIN_PASSWORD_FILE: '', JOB_PORTAL_TOKEN: 't' });
    const { status, stderr } = await jtp(['scheduler', '--once']);
    expect(status).toBe(0);
    expect(stderr.split('\n').filter((line) => line.includes('is no setting'))).toEqual([
      'JOB_PORTAL_PRT is no setting; did you mean JOB_PORTAL_PORT?',
    ]);
  });

  test('coming instants from words, from a crontab line, and of all jobs', { timeout: 60_000 }, async () => {
    const { jtp } = installation();
    const from = ['--from', '2026-11-25T00:00:00Z', '-n', '1'];
    const words = await jtp(['next', 'weekdays at 9:30 Europe/Berlin', ...from]);
    expect(words.stdout).toBe('2026-11-25T08:30:00Z\t2026-11-25T09:30:00+01:00\n');
    const line = await jtp(['next', 'CRON_TZ=Asia/Tokyo 0 9 * * * /usr/bin/foo # comment', ...from]);
    expect(line.stdout).toMatch(/^2026-11-26T00:00:00Z|^2026-11-25T00:00:00Z/);
    const explained = await jtp(['next', '30 2 * * *', '--tz', 'America/New_York', '--explain', ...from]);
    expect(explained.stderr).toContain('Clocks go forward by 1 h on 14 March 2027');
    await jtp(
      ['jobs', 'create', '-f', '-'],
      '{name: hourly one, type: script, config: {script: two-streams.py}, schedules: [{kind: hourly, minute: 0}]}',
    );
    const all = await jtp(['next', '--within', '3h']);
    expect(all.stdout.trim().split('\n')).toHaveLength(3);
    expect(all.stdout).toMatch(/^\S+:00:00Z\thourly one\tdue$/m);
  });

  test(
    'on SQLite the roles run apart, and none of them ends before it is asked to, not even without its spawner',
    { timeout: 60_000 },
    async () => {
      const { jtp, json, up } = installation();
      const scheduler = await up('scheduler');
      const worker = await up('worker');
      process.kill(spawnerOf(worker), 'SIGKILL');
      await jtp(
        ['jobs', 'create', '-f', '-'],
        '{name: tick, type: script, config: {script: disk-usage.sh}, schedules: [{kind: interval, every: 1, unit: seconds}]}',
      );
      await until(
        () => json<{ items: RunShape[] }>('runs', 'ls', '--state', 'succeeded'),
        (runs) => runs.items.length >= 2,
      );
      for (const role of [scheduler, worker]) {
        role.kill('SIGTERM');
        expect(await once(role, 'exit')).toEqual([0, null]);
      }
    },
  );
});
