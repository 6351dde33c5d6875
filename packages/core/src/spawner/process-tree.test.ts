import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pause } from '../system/pause.ts';
import type { RunningProcess, Spawner } from './client.ts';
import { readJournal, type JournalEntry } from './journal.ts';
import type { StartOrder } from './protocol.ts';
import { folder, linux, livingWith, order, output, startSpawner, token } from './test-orders.ts';

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
async function living(word: string, count: number): Promise<void> {
  await expect.poll(() => livingWith(word).length, { timeout: 5000 }).toBe(count);
}

describe('a process tree', () => {
  const call = (word: string): string => `exec -a ${word} sleep 100`;
  const family = (word: string): readonly [string, ...string[]] => [
    'bash',
    '-c',
    `(${call(word)}) & setsid bash -c "(${call(word)}) & setsid bash -c '${call(word)}'" & ${call(word)}`,
  ];

  test.runIf(linux)('ends as a whole at its time limit, daemons included', async () => {
    const word = token();
    const { ended } = run({ argv: family(word), timeoutMs: 1000 });
    await living(word, 4);
    expect(await ended).toMatchObject({
      outcome: 'exited',
      signal: 'SIGTERM',
      timedOut: true,
      stopped: 'timed_out',
      survivors: [],
    });
    expect(livingWith(word)).toEqual([]);
  });

  test.runIf(linux)('ends as a whole when cancelled', async () => {
    const word = token();
    const { ended, stop } = run({ argv: family(word) });
    await living(word, 4);
    stop('cancelled');
    expect(await ended).toMatchObject({ stopped: 'cancelled', timedOut: false, survivors: [] });
    expect(livingWith(word)).toEqual([]);
  });

  test('that does not heed TERM is killed after the grace', async () => {
    const begun = performance.now();
    const { ended } = run({
      sh: "trap '' TERM; echo ready; while :; do sleep 0.1; done",
      timeoutMs: 300,
      killGraceMs: 500,
    });
    const end = await ended;
    expect(end).toMatchObject({ signal: 'SIGKILL', timedOut: true, survivors: [] });
    expect(end.ignoredTerm).toBeGreaterThanOrEqual(1);
    expect(performance.now() - begun).toBeGreaterThan(790);
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test('may use its grace to clean up', async () => {
    const {
      ended,
      stop,
      order: made,
    } = run({ sh: "trap 'sleep 0.3; echo cleaned; exit 5' TERM; echo ready; while :; do sleep 0.05; done" });
    await expect.poll(() => output(made), { timeout: 5000 }).toContain('ready');
    stop('cancelled');
    expect(await ended).toMatchObject({ exitCode: 5, stopped: 'cancelled', ignoredTerm: 0 });
    expect(await output(made)).toContain('cleaned');
  });

  test('is killed at once when a second stop leaves no grace', async () => {
    const {
      ended,
      stop,
      order: made,
    } = run({ sh: "trap '' TERM; echo ready; sleep 50; sleep 50", killGraceMs: 60_000 });
    await expect.poll(() => output(made), { timeout: 5000 }).toContain('ready');
    stop('cancelled');
    stop('shutdown', 0);
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stopped: 'cancelled' });
  });

  test.runIf(linux)('is not held open by a daemon that keeps its output, and leaves none behind', async () => {
    const begun = performance.now();
    const word = token();
    const { ended } = run({ argv: ['bash', '-c', `((${call(word)}) &); setsid bash -c '${call(word)}' & echo done`] });
    expect(await ended).toMatchObject({ exitCode: 0, leftBehind: 2, ignoredTerm: 0, survivors: [] });
    expect(performance.now() - begun).toBeLessThan(1500);
    expect(livingWith(word)).toEqual([]);
  });

  test.runIf(linux)('is not held open either where there are no named pipes', async () => {
    const plain = await startSpawner('no-pipes', { hostEnv: { PATH: '/nowhere' } });
    const { ended } = plain.run(order({ argv: ['/bin/sh', '-c', 'sleep 100 & echo done'], timeoutMs: 8000 }));
    expect(await ended).toMatchObject({ exitCode: 0, timedOut: false });
    await plain.stop();
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

describe('the spawner', () => {
  test.runIf(linux)('starts nothing on an order that waited until it was too old (F10, P3)', async () => {
    const still = await startSpawner('still', { startWithinMs: 500 });
    process.kill(still.pid, 'SIGSTOP');
    const { ended, started } = still.run(order());
    await pause(800);
    process.kill(still.pid, 'SIGCONT');
    expect(await ended).toMatchObject({ outcome: 'not_started', error: { code: 'order_late', retryable: true } });
    expect(await started).toBeNull();
    expect(await still.run(order()).ended).toMatchObject({ exitCode: 0 });
    await still.stop();
  });

  test.runIf(linux)('kills every tree when its worker is killed', { timeout: 30_000 }, async () => {
    const word = token();
    const family = `trap '' TERM; (exec -a ${word} sleep 100) & setsid bash -c 'exec -a ${word} sleep 100' & wait`;
    const made = order({ argv: ['bash', '-c', family], timeoutMs: null, killGraceMs: 60_000 });
    const program = `
      const { Spawner } = await import(${JSON.stringify(join(import.meta.dirname, 'client.ts'))});
      const { systemClock } = await import(${JSON.stringify(join(import.meta.dirname, '../system/clock.ts'))});
      const options = { journalPath: ${JSON.stringify(join(folder, 'killed', 'journal.jsonl'))}, clock: systemClock(), log: console };
      (await Spawner.start({ ...options, hostEnv: process.env })).run(${JSON.stringify(made)});`;
    const worker = spawn(process.execPath, ['-C', 'jtp-source', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await living(word, 2);
    worker.kill('SIGKILL');
    await expect.poll(() => livingWith(word), { timeout: 5000 }).toEqual([]);
    const last = (): JournalEntry | undefined => readJournal(join(folder, 'killed', 'journal.jsonl')).at(-1);
    await expect.poll(last, { timeout: 5000 }).toMatchObject({ phase: 'ended', stopped: 'worker_gone' });
  });

  test.runIf(linux)('killed itself, leaves its trees to the worker, which ends them', async () => {
    const own = await startSpawner('second');
    const word = token();
    const argv = [
      'bash',
      '-c',
      `(exec -a ${word} sleep 100) & setsid bash -c 'exec -a ${word} sleep 100' & wait`,
    ] as const;
    const job = own.run(order({ argv }));
    await living(word, 2);
    execFileSync('kill', ['-9', String(own.pid)]);
    expect(await job.ended).toMatchObject({ outcome: 'lost', survivors: [], error: { code: 'spawner_died' } });
    expect(await own.exited).toBe('SIGKILL');
    expect(livingWith(word)).toEqual([]);
    expect(await own.run(order()).ended).toMatchObject({
      outcome: 'not_started',
      error: { code: 'spawner_gone', retryable: true },
    });
  });

  test('stops its jobs when it is stopped', async () => {
    const own = await startSpawner('third');
    const { ended, started } = own.run(order({ sh: 'sleep 60' }));
    await started;
    await own.stop();
    expect(await ended).toMatchObject({ outcome: 'exited', stopped: 'shutdown', signal: 'SIGKILL' });
    expect(await own.exited).toBeNull();
  });
});
