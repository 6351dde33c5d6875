import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScriptConfig } from '../model/job.ts';
import { findProgram } from './interpreter.ts';
import { Workshop, type AttemptOptions, type Attempted } from './test-attempt.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());
const path = process.env['PATH'] ?? '';

async function run(
  script: string,
  config: Partial<ScriptConfig> = {},
  options: AttemptOptions = {},
): Promise<Attempted> {
  return workshop.attempt(
    { type: 'script', config: { script, args: [], env: {}, workingDir: null, ...config } },
    options,
  );
}

describe('a script', () => {
  test('is read by the interpreter of its extension and gets its arguments as they are (SEC-E1)', async () => {
    workshop.script('args.sh', 'printf "%s\\n" "$#" "$@"; pwd; echo "$LEVEL" >&2');
    const { outcome, log, started } = await run('args.sh', {
      args: ['--a', 'x y', ';', 'touch', '/tmp/p', '$(id)'],
      env: { LEVEL: '9' },
    });
    expect(outcome).toMatchObject({
      outcome: 'succeeded',
      exitCode: 0,
      signal: null,
      failure: null,
      measured: { survivors: [], cutBytes: 0 },
    });
    expect(started).toBe(1);
    const lines = log.split('\n').filter((line) => line.startsWith('stdout'));
    expect(lines).toEqual(
      ['6', '--a', 'x y', ';', 'touch', '/tmp/p', '$(id)', workshop.scriptsDir].map((text) => `stdout: ${text}`),
    );
    expect(log).toContain('stderr: 9');
  });

  test.each(['.js', '.mjs', '.ts'])('in JavaScript (%s) is read by the running node', async (extension) => {
    workshop.script(`which${extension}`, `console.log(process.execPath${extension === '.ts' ? ' as string' : ''});`);
    expect((await run(`which${extension}`)).log).toBe(`stdout: ${process.execPath}`);
  });

  test('in Python runs where Python is, and names it where it is not', async () => {
    workshop.script('hello.py', 'import sys\nprint("out")\nsys.stdout.flush()\nprint("err", file=sys.stderr)');
    const { outcome, log } = await run('hello.py');
    if (findProgram('python3', path) === null && findProgram('python', path) === null) {
      expect(outcome).toMatchObject({ outcome: 'not_started', reason: 'interpreter_missing' });
      expect(outcome.failure?.message).toContain('python3 or python');
    } else {
      expect(outcome.outcome).toBe('succeeded');
      expect(log.split('\n').toSorted()).toEqual(['stderr: err', 'stdout: out']);
    }
  });

  test('that may be executed follows its first line', async () => {
    workshop.script('first.py', '#!/bin/sh\necho shell', 0o755);
    expect((await run('first.py')).log).toBe('stdout: shell');
    workshop.script('second.sh', '#!/usr/bin/env node\nconsole.log("node")', 0o755);
    expect((await run('second.sh')).log).toBe('stdout: node');
  });

  test('whose interpreter is missing is not started, and names it', async () => {
    workshop.script('gone.sh', '#!/opt/no/such/shell\n', 0o755);
    const byLine = await run('gone.sh');
    expect(byLine.outcome).toMatchObject({
      outcome: 'not_started',
      reason: 'interpreter_missing',
      retryable: false,
      failure: { category: 'config_error' },
    });
    expect(byLine.outcome.failure?.message).toContain('/opt/no/such/shell');
    workshop.script('windows.sh', '#!/bin/sh\r\necho x\r\n', 0o755);
    expect((await run('windows.sh')).outcome.failure?.message).toContain('"/bin/sh\\r"');
    workshop.script('x.ps1', 'echo x');
    const byName = await run('x.ps1', {}, { settings: { hostEnv: { PATH: '/no/such' } } });
    expect(byName.outcome.failure?.message).toContain('pwsh or powershell');
    expect(byName.started).toBe(0);
  });

  test('that fails tells its exit code and the end of its standard error', async () => {
    workshop.script('fails.sh', 'echo "Traceback: boom" >&2; exit 3');
    const { outcome } = await run('fails.sh');
    const content = readFileSync(join(workshop.scriptsDir, 'fails.sh'));
    expect(outcome.measured?.scriptHash).toBe(createHash('sha256').update(content).digest('hex'));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      exitCode: 3,
      failure: { category: 'script_error', detail: 'Traceback: boom' },
    });
    expect(outcome.failure?.message).toMatch(/^Exit 3 after (?:\d{1,3} ms|\d\.\d s)$/);
  });

  test('replaced by a link after saving is refused at its start, and nothing is executed (F49, SEC-D3)', async () => {
    const file = workshop.script('swap.sh', 'echo inside');
    expect((await run('swap.sh')).outcome.outcome).toBe('succeeded');
    const witness = join(workshop.folder, 'witness');
    workshop.script('../outside.sh', `touch ${witness}`, 0o755);
    unlinkSync(file);
    symlinkSync(join(workshop.folder, 'outside.sh'), file);
    const { outcome, started } = await run('swap.sh');
    expect(outcome).toMatchObject({ outcome: 'not_started', reason: 'script_outside_folder', retryable: false });
    expect(started).toBe(0);
    expect(existsSync(witness)).toBe(false);
  });

  test.each([
    ['deleted', 'script_missing', (file: string) => unlinkSync(file)],
    ['made writable by all', 'script_refused', (file: string) => chmodSync(file, 0o666)],
    ['given the rights of its owner', 'script_refused', (file: string) => chmodSync(file, 0o4755)],
    [
      'replaced by a folder',
      'script_refused',
      (file: string) => {
        unlinkSync(file);
        mkdirSync(file);
      },
    ],
  ] as const)('%s after saving is refused at its start (F49)', async (what, reason, change) => {
    const name = `${what.replaceAll(' ', '-')}.sh`;
    const file = workshop.script(name, 'echo never');
    change(file);
    const { outcome, started, log } = await run(name);
    expect(outcome).toMatchObject({ outcome: 'not_started', reason, retryable: false });
    expect([started, log]).toEqual([0, '']);
  });

  test('sees nothing of the worker’s environment but the allow-list (SEC-E4)', async () => {
    workshop.script('env.sh', 'env; cat /proc/$PPID/environ 2>/dev/null | tr "\\0" "\\n"');
    const { log } = await run('env.sh', {}, { context: { parameters: { date: 'x; rm -rf /' } } });
    expect(log).not.toContain('secret');
    expect(log).not.toContain('VITEST');
    expect(log).toContain('stdout: JTP_PARAM_DATE=x; rm -rf /');
    expect(log).toContain('stdout: JTP_ATTEMPT=2');
  });

  test('with a variable no process can be given is not started', async () => {
    workshop.script('ok.sh', 'true');
    expect((await run('ok.sh', {}, { context: { parameters: { big: 'x'.repeat(140_000) } } })).outcome).toMatchObject({
      outcome: 'not_started',
      reason: 'invalid',
    });
    expect((await run('ok.sh', { args: ['a\0b'] })).outcome).toMatchObject({
      outcome: 'not_started',
      reason: 'invalid',
    });
  });

  test('ends at its time limit', async () => {
    workshop.script('slow.sh', 'sleep 20');
    const { outcome } = await run('slow.sh', {}, { context: { timeoutMs: 300 } });
    expect(outcome).toMatchObject({
      outcome: 'timed_out',
      reason: null,
      failure: { category: 'timeout', message: 'Ran longer than its limit of 0.3 s.' },
    });
  });

  test.each([
    ['cancelled', 'cancelled', 'cancel_requested'],
    ['shutdown', 'cancelled', 'worker_shutdown'],
    ['fenced', 'lost', 'fenced'],
  ])('stopped because it is %s ends %s', async (why, outcome, reason) => {
    workshop.script('slow.sh', 'sleep 20');
    const controller = new AbortController();
    const end = await run(
      'slow.sh',
      {},
      { context: { signal: controller.signal, onStarted: () => controller.abort(why) } },
    );
    expect(end.outcome).toMatchObject({ outcome, reason });
  });
});

describe('what a script leaves', () => {
  test('is its result when it is JSON in the result file', async () => {
    workshop.script('result.sh', 'echo \'{"items_processed": 3}\' >"$JTP_RESULT_FILE"; echo "::result::{}"');
    expect((await run('result.sh')).outcome).toMatchObject({ outcome: 'succeeded', result: { items_processed: 3 } });
  });

  test.each([
    ['no JSON', 'echo "{broken" >"$JTP_RESULT_FILE"'],
    ['more than 256 KB', 'head -c 300000 /dev/zero | tr "\\0" 1 >"$JTP_RESULT_FILE"'],
    ['a link', 'ln -s /etc/passwd "$JTP_RESULT_FILE"'],
    ['a named pipe', 'mkfifo "$JTP_RESULT_FILE"'],
    ['a folder', 'mkdir "$JTP_RESULT_FILE"'],
    ['only words in the output', 'echo \'{"state":"failed"}\'; echo "::result::7"'],
  ])('is left out when it is %s (SEC-E7)', async (_, text) => {
    workshop.script('left.sh', text);
    expect((await run('left.sh')).outcome).toMatchObject({ outcome: 'succeeded', result: null });
  });

  test('is its progress, the last line of the progress file', async () => {
    workshop.script(
      'progress.sh',
      'echo \'{"fraction":0.2}\' >>"$JTP_PROGRESS_FILE"; echo \'{"fraction":0.8,"message":"nearly"}\' >>"$JTP_PROGRESS_FILE"; printf "{tor" >>"$JTP_PROGRESS_FILE"',
    );
    expect((await run('progress.sh')).progress.at(-1)).toMatchObject({ fraction: 0.8, message: 'nearly' });
  });

  test.each([
    [
      '{"percent":40,"phase":"load","items":{"done":4,"total":10,"bad":"x"}}',
      { fraction: 0.4, phase: 'load', items: { done: 4, total: 10 } },
    ],
    ['{"items":12}', { fraction: null, message: null, items: { processed: 12 } }],
    ['{"percent":101,"message":"over"}', { fraction: null, message: 'over', items: null }],
  ])('of progress, %s is read', async (line, progress) => {
    workshop.script('told.sh', `echo '${line}' >>"$JTP_PROGRESS_FILE"`);
    expect((await run('told.sh')).progress.at(-1)).toMatchObject(progress);
  });

  test('the memory and processor time of a script are told, however short it is (R-097)', async () => {
    workshop.script('large.mjs', 'const all = Buffer.alloc(210 * 1024 * 1024, 1); console.log(all[5]);');
    const { outcome } = await run('large.mjs');
    expect(outcome.measured?.memoryPeakMb).toBeGreaterThanOrEqual(200);
    expect(outcome.measured?.cpuSeconds).toBeGreaterThan(0);
    workshop.script('busy.sh', 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done');
    const busy = await run('busy.sh');
    expect(busy.outcome.measured?.cpuSeconds).toBeGreaterThan(0.05);
    expect(busy.outcome.measured?.memoryPeakMb).toBeLessThan(100);
  });

  test('has a folder for artifacts', async () => {
    workshop.script('artifact.sh', 'echo x >"$JTP_ARTIFACTS_DIR/report.txt" && ls "$JTP_ARTIFACTS_DIR"');
    expect((await run('artifact.sh')).log).toBe('stdout: report.txt');
  });
});

describe('a command', () => {
  const command = async (argv: readonly string[], options: AttemptOptions = {}): Promise<Attempted> =>
    workshop.attempt({ type: 'command', config: { argv, env: {}, workingDir: null } }, options);

  test('runs without a shell', async () => {
    const { outcome, log } = await command(['echo', '$HOME', '*', '; id']);
    expect(outcome.outcome).toBe('succeeded');
    expect(log).toBe('stdout: $HOME * ; id');
  });

  test('is refused unless it is allowed', async () => {
    const { outcome, started } = await command(['true'], { settings: { allowCommand: false } });
    expect(outcome).toMatchObject({ outcome: 'not_started', reason: 'command_not_allowed' });
    expect(started).toBe(0);
  });

  test.each(['no-such-program-here', './script', '', 'sub/x'])('%j is not found', async (name) => {
    expect((await command([name])).outcome).toMatchObject({ outcome: 'not_started', reason: 'program_missing' });
  });
});

test('a type nobody knows fails loudly', async () => {
  const { outcome } = await workshop.attempt({ type: 'child_process' });
  expect(outcome).toMatchObject({ outcome: 'failed', reason: 'type_unknown', failure: { category: 'config_error' } });
});
