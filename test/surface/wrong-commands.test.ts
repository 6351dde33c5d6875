import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runCommandLine } from '../../packages/cli/src/program.ts';
import { freshDir, freshPostgres } from '../setup/databases.ts';
import { jtp, type Ended } from '../setup/jtp.ts';
import { tableSums, type TableSums } from '../setup/table-sums.ts';

interface WrongCommand {
  readonly args: readonly string[];
  /** Given on standard input. */
  readonly input?: string;
  readonly status: number;
  readonly code: string;
  /** The flag or field, and what would be accepted. */
  readonly says: string;
}

const usage = { status: 2, code: 'invalid' } as const;
const create = ['jobs', 'create', '-f', '-'] as const;
const job = (more: string): string => `{name: wrong, type: script, config: {script: hello.sh}, ${more}}`;

const wrong: readonly WrongCommand[] = [
  { args: ['jbos'], ...usage, says: 'Did you mean jobs?' },
  { args: ['jobs', 'ls', '--frob'], ...usage, says: '--frob' },
  { args: ['jobs', 'ls', '--status', 'done'], ...usage, says: '"running"|"queued"' },
  { args: ['jobs', 'ls', '--cursor', 'nonsense'], status: 2, code: 'malformed', says: 'next_cursor' },
  { args: ['jobs', 'get', 'nobody'], status: 3, code: 'not_found', says: 'nobody' },
  { args: ['jobs', 'create'], ...usage, says: 'Give a document, or --name and --type' },
  { args: ['jobs', 'pause'], ...usage, says: '--tag' },
  { args: ['jobs', 'create', '-f', 'missing.yaml'], ...usage, says: 'missing.yaml' },
  { args: create, input: '{name: a, name: b}', status: 2, code: 'malformed', says: 'unique' },
  { args: create, input: job('nmae: x'), ...usage, says: 'nmae' },
  { args: create, input: job('name: "\\0"').replace('name: wrong, ', ''), ...usage, says: 'NUL' },
  { args: create, input: job('timeout_seconds: 0'), ...usage, says: 'timeout_seconds' },
  {
    args: create,
    input: job('').replace('hello.sh', '../x.sh'),
    status: 2,
    code: 'script_outside_folder',
    says: 'config.script',
  },
  {
    args: create,
    input: job('schedules: [{kind: daily, times: ["25:99"]}]'),
    status: 2,
    code: 'schedule_invalid',
    says: 'schedules.0.times.0',
  },
  { args: create, input: job('').replace('wrong', 'saved'), status: 4, code: 'name_taken', says: 'name' },
  {
    args: ['jobs', 'edit', 'saved', '-f', '-'],
    input: '{config: {script: none.sh}}',
    status: 2,
    code: 'script_missing',
    says: 'none.sh',
  },
  { args: ['jobs', 'rm', 'saved'], ...usage, says: '--yes' },
  { args: ['jobs', 'pause', 'saved', '--until', 'soon'], ...usage, says: 'until' },
  { args: ['jobs', 'resume', 'saved'], status: 4, code: 'not_paused', says: 'not paused' },
  { args: ['run', 'nobody'], status: 3, code: 'not_found', says: 'nobody' },
  { args: ['run', 'saved', '-p', 'novalue'], ...usage, says: '-p' },
  { args: ['run', 'saved', '-p', 'count=five'], ...usage, says: 'parameters.count' },
  { args: ['runs', 'get', 'nope'], ...usage, says: 'id' },
  { args: ['runs', 'cancel', '019a0000-0000-7000-8000-00000000ffff'], status: 3, code: 'not_found', says: 'run' },
  { args: ['logs', 'saved', '--tail', '-1'], ...usage, says: '--tail' },
  { args: ['next', '60 * * * *'], status: 2, code: 'schedule_invalid', says: 'minute (position 1)' },
  {
    args: ['next', '0 9 * * *', '--timezone', 'Asia/HongKong'],
    status: 2,
    code: 'timezone_unknown',
    says: 'Asia/Hong_Kong',
  },
  { args: ['next', '0 0 30 2 *', '--timezone', 'Mars/X'], status: 2, code: 'timezone_unknown', says: 'timezone' },
  { args: ['next', '0 9 * * *', '--from', 'yesterday'], ...usage, says: '--from' },
  { args: ['next', '0 9 * * *', '-n', '0'], ...usage, says: '-n' },
  { args: ['next', 'mondey at 9'], status: 2, code: 'schedule_invalid', says: "Did you mean 'monday'?" },
  { args: ['next', 'friday at 18:00'], ...usage, says: "jtp next 'every Friday at 18:00'" },
  {
    args: ['next', '99 9 * * * root /usr/bin/foo'],
    status: 2,
    code: 'schedule_invalid',
    says: 'minute (position 1)',
  },
  { args: ['alerts', 'ls', '--kind', 'fire'], ...usage, says: '"late"|"missed"' },
  { args: ['alerts', 'ack'], ...usage, says: '--all' },
  { args: ['alerts', 'ack', 'nope'], ...usage, says: 'id' },
  { args: ['alerts', 'ack', '019a0000-0000-7000-8000-00000000ffff'], status: 3, code: 'not_found', says: 'alert' },
  { args: ['attention', 'ls', '--state', 'old'], ...usage, says: '"open"|"snoozed"' },
  { args: ['attention', 'snooze', '019a0000-0000-7000-8000-00000000ffff'], ...usage, says: '--for' },
  { args: ['attention', 'get', '019a0000-0000-7000-8000-00000000ffff'], status: 3, code: 'not_found', says: 'item' },
  { args: ['events', '--limit', '0'], ...usage, says: 'limit' },
  { args: ['start', '--port', 'eighty'], ...usage, says: '--port' },
  { args: ['--timeout', 'soon', 'jobs', 'ls'], ...usage, says: '--timeout' },
  { args: ['--timeout', 'soon', '--server', 'http://127.0.0.1:1', 'jobs', 'ls'], ...usage, says: '--timeout' },
  { args: ['--config', 'missing.yaml', 'jobs', 'ls'], status: 2, code: 'configuration_invalid', says: 'missing.yaml' },
  { args: ['--db', 'mysql://x', 'jobs', 'ls'], status: 2, code: 'configuration_invalid', says: 'postgres://' },
  { args: ['--server', 'nowhere', 'jobs', 'ls'], ...usage, says: '--server' },
  { args: ['--token-file', 'none', '--server', 'http://127.0.0.1:1', 'jobs', 'ls'], ...usage, says: '--token-file' },
  { args: ['--server', 'http://127.0.0.1:1', 'jobs', 'ls'], status: 6, code: 'unavailable', says: '127.0.0.1:1' },
];

describe.each(['SQLite', 'PostgreSQL'] as const)('a wrong command line on %s', (database) => {
  const folder = freshDir('jtp-wrong');
  const dataDir = join(folder.path, 'data');
  let url = `sqlite:${join(dataDir, 'portal.db')}`;
  let drop = (): Promise<void> => Promise.resolve();
  /** A process on one database; on the other what it carries out, which is told everything that a process has. */
  async function call(args: readonly string[], input = ''): Promise<Ended> {
    const env = { JOB_PORTAL_DATA_DIR: dataDir };
    if (database === 'SQLite') return jtp(args, { cwd: folder.path, env, input });
    let [stdout, stderr] = ['', ''];
    const status = await runCommandLine(args, {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: { ...env, JOB_PORTAL_DB_URL: url },
      cwd: folder.path,
      readStdin: () => Promise.resolve(input),
    });
    return { status, stdout, stderr };
  }

  beforeAll(async () => {
    if (database === 'PostgreSQL') {
      const fresh = await freshPostgres(inject('postgresUrl'));
      url = fresh.url;
      drop = () => fresh.drop();
    }
    mkdirSync(join(dataDir, 'scripts'), { recursive: true });
    writeFileSync(join(dataDir, 'scripts', 'hello.sh'), 'echo hello\n');
    const parameters = 'parameters: [{name: count, type: integer, required: true}]';
    const made = await call(create, job(parameters).replace('wrong', 'saved'));
    expect([made.status, made.stderr]).toEqual([0, expect.stringContaining('Created saved')]);
  });
  afterAll(async () => {
    await drop();
    folder.remove();
  });

  /** Every table but the counter of numbers: what a call has drawn and not used is no harm. */
  async function remembered(): Promise<TableSums> {
    const { counters: _, ...sums } = await tableSums(url);
    return sums;
  }

  test.each(wrong)(
    '$args ends with status $status, says what is wrong, and changes nothing',
    { timeout: 60_000 },
    async ({ args, input, status, code, says }) => {
      const before = await remembered();
      // In words on one database, as a document on the other: what is told does not depend on it.
      const ended = await call(database === 'SQLite' ? args : ['--json', ...args], input);
      expect([ended.status, ended.stdout]).toEqual([status, '']);
      if (database === 'SQLite') expect(ended.stderr).toContain(says);
      else {
        const problem = JSON.parse(ended.stderr) as Problem;
        expect(problem).toMatchObject({
          code,
          type: 'about:blank',
          title: expect.any(String),
          status: expect.any(Number),
        });
        expect(JSON.stringify(problem).replaceAll('\\"', '"')).toContain(says);
      }
      expect(await remembered()).toEqual(before);
    },
  );
});
