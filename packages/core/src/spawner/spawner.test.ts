import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../system/logger.ts';
import { systemClock } from '../system/clock.ts';
import { Spawner, type RunningProcess } from './client.ts';
import { readJournal } from './journal.ts';
import { LogReader } from './log-reader.ts';
import { toStartError, type Ended, type StartOrder } from './protocol.ts';

const folder = mkdtempSync(join(tmpdir(), 'jtp-spawner-'));
const journalPath = join(folder, 'worker', 'journal.jsonl');
const clock = systemClock();
const linux = process.platform === 'linux';
let spawner: Spawner;
let runs = 0;

beforeAll(async () => {
  spawner = await Spawner.start({ journalPath, log: silentLogger, clock, hostEnv: process.env });
});
afterAll(async () => {
  await spawner.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => expect(spawner.running).toBe(0));

function order(overrides: Partial<StartOrder> & { sh?: string } = {}): StartOrder {
  const { sh, ...rest } = overrides;
  const runId = `run-${process.pid}-${++runs}`;
  return {
    runId,
    attempt: 1,
    fence: 7,
    argv: ['/bin/sh', '-c', sh ?? 'true'],
    env: { PATH: process.env['PATH'] ?? '', JTP_RUN_ID: rest.runId ?? runId },
    cwd: folder,
    log: join(folder, runId, '1.log'),
    outputLimitBytes: 10_485_760,
    timeoutMs: 15_000,
    killGraceMs: 1000,
    leashMs: null,
    ...rest,
  };
}
function run(overrides: Partial<StartOrder> & { sh?: string } = {}): RunningProcess & { order: StartOrder } {
  const made = order(overrides);
  return { ...spawner.run(made), order: made };
}
async function output({ log }: StartOrder): Promise<string> {
  const reader = await LogReader.open(log);
  const lines = (await reader?.read({ fromLine: 1, count: 1000 })) ?? [];
  await reader?.close();
  return lines.map(({ stream, text }) => `${stream}: ${text}`).join('\n');
}
function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
async function pidsIn(file: string, count: number): Promise<number[]> {
  const read = (): number[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []);
  await expect.poll(() => read().length, { timeout: 5000 }).toBe(count);
  return read();
}

describe('a process', () => {
  test('runs with exactly the arguments, folder and environment of its order', async () => {
    const { ended, started, order: made } = run({
      argv: [process.execPath, '-p', 'JSON.stringify([process.argv.slice(1), process.env, process.cwd()])', '; touch x', '$(id)', '', '*'],
    });
    expect((await started)?.pid).toBeGreaterThan(1);
    const end = await ended;
    expect(end).toMatchObject({ outcome: 'exited', exitCode: 0, signal: null, timedOut: false, stopped: null, survivors: [], leftBehind: 0 });
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
    const busy = 'const b=Buffer.alloc(6e7,1);const t=Date.now();while(Date.now()-t<600);b[0]';
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
    const { started, ended } = run(wrong as Partial<StartOrder>);
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

describe('a process tree', () => {
  const pids = join(folder, 'pids');
  afterEach(() => rmSync(pids, { force: true }));
  const family = `echo $$ >>${pids}; sleep 100 & echo $! >>${pids}; setsid sh -c 'echo $$ >>${pids}; setsid sleep 100' & sleep 100`;

  test.runIf(linux)('ends as a whole at its time limit, daemons included', async () => {
    const { ended } = run({ sh: family, timeoutMs: 700 });
    const tree = await pidsIn(pids, 3);
    expect(await ended).toMatchObject({ outcome: 'exited', signal: 'SIGTERM', timedOut: true, stopped: 'timed_out', survivors: [] });
    expect(tree.filter(alive)).toEqual([]);
  });

  test.runIf(linux)('ends as a whole when cancelled', async () => {
    const { ended, stop } = run({ sh: family });
    const tree = await pidsIn(pids, 3);
    stop('cancelled');
    expect(await ended).toMatchObject({ stopped: 'cancelled', timedOut: false, survivors: [] });
    expect(tree.filter(alive)).toEqual([]);
  });

  test('that does not heed TERM is killed after the grace', async () => {
    const begun = performance.now();
    const { ended } = run({ sh: "trap '' TERM; echo ready; while :; do sleep 0.1; done", timeoutMs: 300, killGraceMs: 500 });
    expect(await ended).toMatchObject({ signal: 'SIGKILL', timedOut: true, survivors: [] });
    expect(performance.now() - begun).toBeGreaterThan(790);
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test('may use its grace to clean up', async () => {
    const { ended, stop, order: made } = run({ sh: "trap 'sleep 0.3; echo cleaned; exit 5' TERM; echo ready; while :; do sleep 0.05; done" });
    await expect.poll(() => output(made), { timeout: 5000 }).toContain('ready');
    stop('cancelled');
    expect(await ended).toMatchObject({ exitCode: 5, stopped: 'cancelled' });
    expect(await output(made)).toContain('cleaned');
  });

  test('is killed at once when a second stop leaves no grace', async () => {
    const { ended, stop, order: made } = run({ sh: "trap '' TERM; echo ready; sleep 50; sleep 50", killGraceMs: 60_000 });
    await expect.poll(() => output(made), { timeout: 5000 }).toContain('ready');
    stop('cancelled');
    stop('shutdown', 0);
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stopped: 'cancelled' });
  });

  test.runIf(linux)('is not held open by a daemon that keeps its output, and leaves none behind', async () => {
    const begun = performance.now();
    const { ended } = run({ sh: `(sleep 60 & echo $! >>${pids}); setsid sleep 60 & echo done` });
    expect(await ended).toMatchObject({ exitCode: 0, leftBehind: 2, survivors: [] });
    expect(performance.now() - begun).toBeLessThan(1500);
    expect((await pidsIn(pids, 1)).filter(alive)).toEqual([]);
  });

  test('is heard to the end when its output goes through another process', async () => {
    const { ended, order: made } = run({ argv: ['/bin/sh', '-c', '(sleep 0.15; echo late) & echo early'] });
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(await output(made)).toBe('stdout: early\nstdout: late');
  });

  test('whose worker renews nothing is killed by the leash', async () => {
    const { ended } = run({ sh: 'sleep 60', leashMs: 500 });
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stopped: 'fenced' });
  });

  test('lives on while its worker renews', async () => {
    const { ended } = run({ sh: 'sleep 2.5', leashMs: 1500 });
    let over = false;
    void ended.then(() => (over = true));
    await expect.poll(() => (spawner.renewed(), over), { timeout: 10_000, interval: 100 }).toBe(true);
    expect(await ended).toMatchObject({ exitCode: 0, stopped: null });
  });
});

describe('output', () => {
  test('of 200 MB is cut to its limit, with an exact mark and in little memory', { timeout: 60_000 }, async () => {
    const total = 200 * 1024 * 1024;
    const { ended, order: made } = run({ sh: `yes 0123456789012345678901234567890 | head -c ${total}; echo last`, timeoutMs: 60_000 });
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
  });

  test.runIf(linux)('that the disk refuses does not disturb the process', async () => {
    const log = join(folder, 'full.log');
    symlinkSync('/dev/full', log);
    expect(await run({ sh: 'echo lost; exit 3', log }).ended).toMatchObject({ exitCode: 3, bytes: 5, logError: 'ENOSPC' });
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

  test.runIf(linux)('kills every tree when its worker is killed', { timeout: 30_000 }, async () => {
    const pidFile = join(folder, 'orphans');
    const family = `trap '' TERM; echo $$ >>${pidFile}; sleep 100 & echo $! >>${pidFile}; setsid sh -c 'echo $$ >>${pidFile}; exec sleep 100' & wait`;
    const made = order({ sh: family, timeoutMs: null, killGraceMs: 60_000 });
    const program = `
      const { Spawner } = await import(${JSON.stringify(join(import.meta.dirname, 'client.ts'))});
      const { systemClock } = await import(${JSON.stringify(join(import.meta.dirname, '../system/clock.ts'))});
      const options = { journalPath: ${JSON.stringify(join(folder, 'killed', 'journal.jsonl'))}, clock: systemClock(), log: console };
      (await Spawner.start({ ...options, hostEnv: process.env })).run(${JSON.stringify(made)});`;
    const worker = spawn(process.execPath, ['-C', 'jtp-source', '--input-type=module', '-e', program], { stdio: ['ignore', 'inherit', 'inherit'] });
    const tree = await pidsIn(pidFile, 3);
    expect(tree.every(alive)).toBe(true);
    worker.kill('SIGKILL');
    await expect.poll(() => tree.filter(alive), { timeout: 5000 }).toEqual([]);
    const entries = readJournal(join(folder, 'killed', 'journal.jsonl'));
    expect(entries.at(-1)).toMatchObject({ phase: 'ended', stopped: 'worker_gone' });
  });

  test.runIf(linux)('killed itself, leaves its trees to the worker, which ends them', async () => {
    const own = await Spawner.start({ journalPath: join(folder, 'second', 'journal.jsonl'), log: silentLogger, clock, hostEnv: process.env });
    const pidFile = join(folder, 'second', 'pids');
    const job = own.run(order({ sh: `sleep 100 & echo $! >>${pidFile}; setsid sleep 100 & echo $! >>${pidFile}; sleep 100` }));
    const tree = await pidsIn(pidFile, 2);
    execFileSync('kill', ['-9', String(own.pid)]);
    expect(await job.ended).toMatchObject({ outcome: 'lost', survivors: [], error: { code: 'spawner_died' } });
    expect(await own.exited).toBe('SIGKILL');
    expect(tree.filter(alive)).toEqual([]);
    expect(await own.run(order()).ended).toMatchObject({ outcome: 'not_started', error: { code: 'spawner_gone', retryable: true } });
  });

  test('stops its jobs when it is stopped', async () => {
    const own = await Spawner.start({ journalPath: join(folder, 'third', 'journal.jsonl'), log: silentLogger, clock, hostEnv: process.env });
    const { ended, started } = own.run(order({ sh: 'sleep 60' }));
    await started;
    await own.stop();
    expect(await ended).toMatchObject({ outcome: 'exited', stopped: 'shutdown', signal: 'SIGKILL' });
    expect(await own.exited).toBeNull();
  });
});
