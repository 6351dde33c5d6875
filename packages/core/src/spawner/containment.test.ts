import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Containment } from '../model/worker.ts';
import type { RunningProcess, Spawner } from './client.ts';
import { readJournal, type JournalEntry } from './journal.ts';
import type { Ended, StartOrder } from './protocol.ts';
import { folder, levelsHere, linux, livingWith, order, output, startSpawner, token } from './test-orders.ts';

const levels = await levelsHere();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A daemon as hard to find as can be: forked twice, a session of its own, no environment, another name. */
const hidden = (word: string): string =>
  `(setsid env -i bash -c '(exec -a ${word} sleep 300 >/dev/null 2>&1 </dev/null &)' &)`;

/** Waits until so many processes carry the word. */
async function living(word: string, count: number): Promise<number[]> {
  await expect.poll(() => livingWith(word).length, { timeout: 5000 }).toBe(count);
  return livingWith(word);
}
const endAll = (word: string): void => {
  for (const pid of livingWith(word)) process.kill(pid, 'SIGKILL');
};

/** What is promised of a tree that was killed: nothing is left. `pgid` only names what it knows of and cannot end. */
function expectProven(level: Containment, end: Ended, word: string): void {
  const left = livingWith(word);
  if (level !== 'pgid') expect([left, end.survivors]).toEqual([[], []]);
  expect(left).toEqual(expect.arrayContaining(end.survivors.map(({ pid }) => pid)));
}

test('a worker uses the best level that this machine gives', async () => {
  const spawner = await startSpawner('best');
  expect(spawner.containment).toBe(levels[0]);
  await spawner.stop();
});

test('a level that is pinned and not to be had is refused, and says why', async () => {
  const missing = (['pidns', 'cgroup'] as const).filter((level) => !levels.includes(level));
  for (const containment of missing)
    await expect(startSpawner('pinned', { containment })).rejects.toThrow(`"${containment}" is not to be had`);
});

describe.each(levels)('at %s', (level) => {
  let spawner: Spawner;
  beforeAll(async () => {
    spawner = await startSpawner(level, { containment: level });
  });
  afterAll(async () => {
    await spawner.stop();
  });
  afterEach(() => expect(spawner.running).toBe(0));

  function run(overrides: Parameters<typeof order>[0] = {}): RunningProcess & { order: StartOrder } {
    const made = order(overrides);
    return { ...spawner.run(made), order: made };
  }

  test('the worker shows it', () => expect(spawner.containment).toBe(level));

  test('a code and a signal are told apart exactly (F48)', async () => {
    expect(await run({ sh: 'exit 255' }).ended).toMatchObject({ exitCode: 255, signal: null });
    expect(await run({ sh: 'exit 137' }).ended).toMatchObject({ exitCode: 137, signal: null });
    expect(await run({ sh: 'kill -KILL $$' }).ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(await run({ sh: 'kill -SEGV $$' }).ended).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
    expect(await run({ sh: 'exit 0' }).ended).toMatchObject({ exitCode: 0, signal: null, processes: 1 });
  });

  test('an order is carried out to the letter: arguments, folder, environment', async () => {
    const show = 'JSON.stringify([process.argv.slice(1), process.env, process.cwd()])';
    const { ended, order: made } = run({ argv: [process.execPath, '-p', show, '--', '-x', '$(id)', ''] });
    expect(await ended).toMatchObject({ exitCode: 0 });
    const [args, env, cwd] = JSON.parse((await output(made)).slice('stdout: '.length)) as [string[], object, string];
    expect([args, cwd]).toEqual([['-x', '$(id)', ''], folder]);
    expect(env).toEqual(made.env);
  });

  test.runIf(linux)('the job is not process 1, has an empty input and the usual answer to INT and QUIT', async () => {
    const sh = 'test $$ -gt 1 && ! read x && grep SigIgn /proc/$$/status';
    const { ended, order: made } = run({ sh });
    expect(await ended).toMatchObject({ exitCode: 0 });
    const ignored = Number.parseInt(/SigIgn:\s+([0-9a-f]+)/.exec(await output(made))?.[1] ?? 'f', 16);
    // Signals 2 and 3.
    expect(ignored & 0b110).toBe(0);
  });

  test('a job that signals its own group hurts nobody else', async () => {
    expect(await run({ sh: "trap 'exit 9' TERM; kill -TERM 0; sleep 5" }).ended).toMatchObject({ exitCode: 9 });
  });

  test.runIf(linux)('a tree that was cancelled is gone, and its processes are counted', async () => {
    const word = token();
    const { ended, stop } = run({
      argv: [
        'bash',
        '-c',
        `for i in 1 2 3; do (exec -a ${word} sleep 300) & done; (setsid bash -c 'exec -a ${word} sleep 300') & wait`,
      ],
    });
    await living(word, 4);
    stop('cancelled');
    const end = await ended;
    expect(end).toMatchObject({ stopped: 'cancelled', survivors: [] });
    expect(end.processes).toBeGreaterThanOrEqual(5);
    expect(livingWith(word)).toEqual([]);
  });

  test.runIf(linux)('a daemon that hid itself is gone, or named (F45)', async () => {
    const word = token();
    const { ended, stop } = run({ argv: ['bash', '-c', `${hidden(word)}; sleep 300`] });
    try {
      await living(word, 1);
      stop('cancelled');
      expectProven(level, await ended, word);
    } finally {
      endAll(word);
    }
  });

  test.runIf(linux)('a daemon that holds the output holds nothing up, and is ended (F43)', async () => {
    const word = token();
    const begun = performance.now();
    const { ended } = run({ argv: ['bash', '-c', `(exec -a ${word} sleep 300) & echo done`] });
    const end = await ended;
    expect(end).toMatchObject({ exitCode: 0, survivors: [] });
    expect(end.leftBehind).toBe(1);
    // The first process counts only when a look fell into its few milliseconds, or none fell before its end.
    expect([1, 2]).toContain(end.processes);
    expect(performance.now() - begun).toBeLessThan(2500);
    expect(livingWith(word)).toEqual([]);
  });

  test('what does not heed TERM, or stands still, is killed after the grace (F44)', async () => {
    const deaf = { timeoutMs: 600, killGraceMs: 300 };
    const loop = "trap '' TERM; while :; do sleep 0.1; done";
    expect(await run({ sh: loop, ...deaf }).ended).toMatchObject({ signal: 'SIGKILL', timedOut: true, survivors: [] });
    const stopped = await run({ sh: 'kill -STOP $$; echo never', ...deaf }).ended;
    expect(stopped).toMatchObject({ signal: 'SIGKILL', timedOut: true, survivors: [] });
    expect(await run({ argv: ['sleep', '300'], ...deaf }).ended).toMatchObject({ signal: 'SIGTERM', survivors: [] });
  });

  test.runIf(linux)('the spawner killed leaves no tree (F11)', async () => {
    const own = await startSpawner(`${level}-killed`, { containment: level });
    const word = token();
    const children = `(exec -a ${word} sleep 300) & (setsid bash -c 'exec -a ${word} sleep 300') &`;
    const daemon = level === 'pgid' ? 'true' : hidden(word);
    const job = own.run(order({ argv: ['bash', '-c', `${children} ${daemon}; wait`] }));
    await living(word, level === 'pgid' ? 2 : 3);
    execFileSync('kill', ['-9', String(own.pid)]);
    expect(await job.ended).toMatchObject({ outcome: 'lost', error: { code: 'spawner_died' } });
    await expect.poll(() => livingWith(word), { timeout: 2000 }).toEqual([]);
  });

  test.runIf(linux)('the worker killed takes its trees along (P9)', { timeout: 30_000 }, async () => {
    const word = token();
    const journal = join(folder, `${level}-gone`, 'journal.jsonl');
    const made = order({
      argv: ['bash', '-c', `trap '' TERM; (exec -a ${word} sleep 300) & ${hidden(word)}; wait`],
      timeoutMs: null,
      killGraceMs: 60_000,
    });
    const program = `
      const { Spawner } = await import(${JSON.stringify(join(import.meta.dirname, 'client.ts'))});
      const { systemClock } = await import(${JSON.stringify(join(import.meta.dirname, '../system/clock.ts'))});
      const options = { journalPath: ${JSON.stringify(journal)}, clock: systemClock(), containment: '${level}' };
      const log = { info() {}, warn() {}, error() {} };
      (await Spawner.start({ ...options, log, hostEnv: process.env })).run(${JSON.stringify(made)});`;
    const worker = spawn(process.execPath, ['-C', 'jtp-source', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    try {
      await living(word, 2);
      worker.kill('SIGKILL');
      const last = (): JournalEntry | undefined => readJournal(journal).at(-1);
      await expect.poll(last, { timeout: 8000 }).toMatchObject({ phase: 'ended', stopped: 'worker_gone' });
      if (level !== 'pgid') expect(livingWith(word)).toEqual([]);
    } finally {
      endAll(word);
    }
  });

  test('the leash ends a tree whose worker stands still (F9)', async () => {
    const word = token();
    const { ended } = run({ argv: ['bash', '-c', `exec -a ${word} sleep 300`], leashMs: 600 });
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stopped: 'fenced', survivors: [] });
    expect(livingWith(word)).toEqual([]);
  });

  test.runIf(linux)('files are limited in number and size, and no core is written (F46)', async () => {
    const own = await startSpawner(`${level}-limits`, {
      containment: level,
      limits: { openFiles: 300, fileBytes: 100_000 },
    });
    const made = order({ sh: 'ulimit -n; ulimit -Hn; ulimit -c; head -c 200000 /dev/zero > big', cwd: folder });
    const end = await own.run(made).ended;
    expect(await output(made)).toContain('stdout: 300\nstdout: 300\nstdout: 0');
    expect(end.exitCode).not.toBe(0);
    expect(readFileSync(join(folder, 'big'))).toHaveLength(100_000);
    await own.stop();
  });

  // A namespace that cannot be made may take its whole limit of time to show it.
  test.runIf(linux)(
    'a machine short of descriptors starts nothing, and it may be tried again (F52)',
    { timeout: 60_000 },
    async () => {
      const own = await startSpawner(`${level}-short`, { containment: level });
      // As many as it has open already: the next one is refused.
      execFileSync('prlimit', ['--pid', String(own.pid), '--nofile=20:']);
      expect(await own.run(order()).ended).toMatchObject({ outcome: 'not_started', error: { retryable: true } });
      execFileSync('prlimit', ['--pid', String(own.pid), '--nofile=1000:']);
      expect(await own.run(order()).ended).toMatchObject({ outcome: 'exited', exitCode: 0 });
      await own.stop();
    },
  );

  test('a start that can never work says why, and is not tried again (F50)', async () => {
    const crlf = join(folder, 'crlf');
    writeFileSync(crlf, '#!/bin/sh\r\necho x\r\n', { mode: 0o755 });
    const cases = [
      [['/no/such/program'], 'ENOENT', '/no/such/program'],
      [['no-such-program'], 'ENOENT', 'no-such-program'],
      [[crlf], 'ENOENT', 'CR LF'],
      [['/tmp'], 'EACCES', '/tmp'],
      [['/bin/true', 'x'.repeat(200_000)], 'E2BIG', 'larger'],
    ] as const;
    for (const [[file, ...args], code, word] of cases) {
      const end = await run({ argv: [file, ...args] }).ended;
      expect(end).toMatchObject({ outcome: 'not_started', error: { code, retryable: false } });
      expect(end.error?.message).toContain(word);
    }
  });
});
