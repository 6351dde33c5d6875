import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningProcess, Spawner } from './client.ts';
import { readJournal } from './journal.ts';
import { LogReader } from './log-reader.ts';
import { toStartError, type Ended, type StartOrder } from './protocol.ts';
import { folder, journalPath, linux, order, output, startSpawner } from './test-orders.ts';

let spawner: Spawner;
beforeAll(async () => {
  spawner = await startSpawner('worker');
});
afterAll(async () => {
  await spawner.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => expect(spawner.running).toBe(0));

function run(overrides: Parameters<typeof order>[0] = {}): RunningProcess & { order: StartOrder } {
  const made = order(overrides);
  return { ...spawner.run(made), order: made };
}

describe('a process', () => {
  test('runs with exactly the arguments, folder and environment of its order', async () => {
    const {
      ended,
      started,
      order: made,
    } = run({
      argv: [
        process.execPath,
        '-p',
        'JSON.stringify([process.argv.slice(1), process.env, process.cwd()])',
        '; touch x',
        '$(id)',
        '',
        '*',
      ],
    });
    expect((await started)?.pid).toBeGreaterThan(1);
    const end = await ended;
    expect(end).toMatchObject({
      outcome: 'exited',
      exitCode: 0,
      signal: null,
      timedOut: false,
      stopped: null,
      survivors: [],
      leftBehind: 0,
      ignoredTerm: 0,
    });
    const [args, env, cwd] = JSON.parse((await output(made)).slice('stdout: '.length)) as [string[], object, string];
    expect(args).toEqual(['; touch x', '$(id)', '', '*']);
    expect(env).toEqual(made.env);
    expect(cwd).toBe(folder);
  });

  test('reports its exit code, and the signal that ended it', async () => {
    expect(await run({ sh: 'exit 7' }).ended).toMatchObject({ exitCode: 7, signal: null, stopped: null });
    expect(await run({ sh: 'kill -9 $$' }).ended).toMatchObject({ exitCode: null, signal: 'SIGKILL', stopped: null });
  });

  test('has an empty standard input', async () => {
    expect(await run({ sh: 'read x; test $? -ne 0' }).ended).toMatchObject({ exitCode: 0 });
  });

  test('may open its output again by name', async () => {
    const { ended, order: made } = run({ sh: 'echo one >/dev/stdout; echo two >/dev/stderr' });
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect((await output(made)).split('\n').toSorted()).toEqual(['stderr: two', 'stdout: one']);
  });

  test('leaves the end of its standard error', async () => {
    const { stderrTail } = await run({ sh: 'for i in $(seq 1 3000); do echo "line $i" >&2; done; exit 1' }).ended;
    expect(stderrTail.endsWith('line 2999\nline 3000\n')).toBe(true);
    expect(stderrTail.length).toBeLessThanOrEqual(8192);
    expect(stderrTail.startsWith('line ')).toBe(true);
  });

  test.runIf(linux)('tells memory and processor time of its tree', async () => {
    const busy = 'const b=Buffer.alloc(6e7,1);while(process.cpuUsage().user<6e5);b[0]';
    const end = await run({ argv: [process.execPath, '-e', busy] }).ended;
    expect(end.memoryPeakMb).toBeGreaterThan(60);
    expect(end.cpuSeconds).toBeGreaterThan(0.1);
  });
});

describe('a start that fails', () => {
  test.each([
    ['a missing program', { argv: ['/no/such/program'] }, 'ENOENT', '/no/such/program'],
    ['a missing folder', { cwd: '/no/such/folder' }, 'ENOENT', '/no/such/folder'],
    ['a folder as program', { argv: ['/tmp'] }, 'EACCES', '/tmp'],
    ['an argument larger than the system takes', { argv: ['/bin/true', 'x'.repeat(200_000)] }, 'E2BIG', 'larger'],
  ] as const)('says what %s is and is not tried again', async (_, wrong, code, word) => {
    const { started, ended } = run(wrong);
    expect(await started).toBeNull();
    const end: Ended = await ended;
    expect(end).toMatchObject({ outcome: 'not_started', exitCode: null, error: { code, retryable: false } });
    expect(end.error?.message).toContain(word);
  });

  test('says so when the log cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await run({ log: join(folder, 'file', 'x', '1.log') }).ended).toMatchObject({
      outcome: 'not_started',
      error: { code: 'ENOTDIR', retryable: false },
    });
  });

  test.each(['EAGAIN', 'EMFILE', 'ENOMEM'])('for want of something (%s) may be tried again', (code) => {
    expect(toStartError(Object.assign(new Error('no'), { code })).retryable).toBe(true);
  });

  test.each(['ENOENT', 'EACCES', 'ENOEXEC'])('by its own fault (%s) is not tried again', (code) => {
    expect(toStartError(Object.assign(new Error('no'), { code })).retryable).toBe(false);
  });
});

describe('output', () => {
  test(
    'of 200 MB is cut to its limit, with an exact mark and in little memory (F42)',
    { timeout: 60_000 },
    async () => {
      const total = 200 * 1024 * 1024;
      const { ended, order: made } = run({
        sh: `yes 0123456789012345678901234567890 | head -c ${total}; echo last`,
        timeoutMs: 60_000,
      });
      const end = await ended;
      expect(end).toMatchObject({ exitCode: 0, bytes: total + 5 });
      const text = readFileSync(made.log, 'latin1');
      expect(text.length).toBeLessThanOrEqual(made.outputLimitBytes);
      const mark = /^--- (\d+) bytes .*\n/m.exec(text);
      expect(Number(mark?.[1])).toBe(end.cutBytes);
      expect(text.length - (mark?.[0].length ?? 0) + end.cutBytes).toBe(total + 5);
      expect(text.endsWith('\nlast\n')).toBe(true);
      if (linux) {
        const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${spawner.pid}/status`, 'utf8'))?.[1]);
        expect(peak).toBeLessThan(150_000);
      }
    },
  );

  test('that is no text is kept byte by byte, a character in two writes too (F47)', async () => {
    const hostile = String.raw`\377\376\000\033[2J\033]0;title\007 10 %%\r 20 %%\r\n\360\237`;
    const { ended, order: made } = run({ sh: `printf '${hostile}'; sleep 0.2; printf '\\230\\200 end\\n'` });
    expect(await ended).toMatchObject({ exitCode: 0, cutBytes: 0 });
    const first = Buffer.from([0xff, 0xfe, 0, ...Buffer.from('\u001b[2J\u001b]0;title\u0007 10 %\r 20 %\r\n')]);
    expect(readFileSync(made.log)).toEqual(Buffer.concat([first, Buffer.from('\u{1f600} end\n')]));
    expect((await output(made)).split('\n').at(-1)).toBe('stdout: \u{1f600} end');
  });

  test('of one line of 100 MB is cut like any other, and takes no memory (F42)', { timeout: 60_000 }, async () => {
    const total = 100 * 1024 * 1024;
    const { ended, order: made } = run({
      sh: `head -c ${total} /dev/zero | tr '\\0' x; echo; echo last`,
      timeoutMs: 60_000,
    });
    const end = await ended;
    expect(end).toMatchObject({ exitCode: 0, bytes: total + 6 });
    expect(statSync(made.log).size).toBeLessThanOrEqual(made.outputLimitBytes);
    const log = await LogReader.open(made.log);
    const shown = (await log?.read({ fromLine: 1, count: 10 })) ?? [];
    await log?.close();
    expect(shown.at(-1)?.text).toBe('last');
    for (const { text } of shown) expect(text.length).toBeLessThanOrEqual(8192);
    if (linux) {
      const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${spawner.pid}/status`, 'utf8'))?.[1]);
      expect(peak).toBeLessThan(150_000);
    }
  });

  test.runIf(linux)('that the disk refuses does not disturb the process (F18)', async () => {
    const log = join(folder, 'full.log');
    symlinkSync('/dev/full', log);
    expect(await run({ sh: 'echo lost; exit 3', log }).ended).toMatchObject({
      exitCode: 3,
      bytes: 5,
      logError: 'ENOSPC',
    });
  });

  test('can be read while the process still talks', async () => {
    const { ended, stop, order: made } = run({ sh: 'echo first; sleep 60' });
    await expect.poll(() => output(made), { timeout: 5000 }).toBe('stdout: first');
    stop('cancelled');
    await ended;
  });
});

describe('the journal', () => {
  test('holds how each attempt started and ended', async () => {
    const { ended, order: made } = run({ sh: 'echo bad >&2; exit 4', attempt: 3, fence: 12 });
    await ended;
    const entries = (): unknown[] => readJournal(journalPath).filter(({ runId }) => runId === made.runId);
    await expect.poll(() => entries().length, { timeout: 5000 }).toBe(2);
    expect(entries()).toMatchObject([
      { phase: 'started', attempt: 3, fence: 12 },
      { phase: 'ended', attempt: 3, fence: 12, exitCode: 4, signal: null, stopped: null, stderrTail: 'bad\n' },
    ]);
  });
});

describe('the spawner', () => {
  test.runIf(linux)('is small and idle', () => {
    const status = readFileSync(`/proc/${spawner.pid}/status`, 'utf8');
    expect(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1])).toBeLessThan(150_000);
    expect(readFileSync(`/proc/${spawner.pid}/environ`, 'latin1')).not.toContain('VITEST');
  });
});
