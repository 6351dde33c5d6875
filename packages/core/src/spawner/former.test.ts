import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../system/clock.ts';
import { endFormerSpawner, endFormerTrees } from './former.ts';
import { processFacts } from './process-table.ts';
import { folder, linux, pidsIn, startSpawner } from './test-orders.ts';

const clock = systemClock();
const isDead = (pid: number): boolean => processFacts(pid)?.dead !== false;
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process of a run that nobody watches, with a daemon of its own. @returns the ids of both */
async function stray(runId: string): Promise<number[]> {
  const pids = join(folder, `${runId}-pids`);
  const script = `echo $$ >>${pids}; setsid sh -c 'echo $$ >>${pids}; exec sleep 100' & exec sleep 100`;
  const env = { PATH: process.env['PATH'] ?? '', JTP_RUN_ID: runId };
  const child = spawn('/bin/sh', ['-c', script], { detached: true, env, stdio: 'ignore' });
  started.push(child);
  await once(child, 'spawn');
  await expect.poll(() => pidsIn(pids).length, { timeout: 5000 }).toBe(2);
  return pidsIn(pids);
}

test.runIf(linux)('what runs left is known by their mark alone, and ended; other runs are left alone', async () => {
  const [mine, other] = [await stray('run-left'), await stray('run-of-another')];
  expect(await endFormerTrees(['run-left', 'run-without-any'], clock)).toEqual([]);
  expect(mine.map(isDead)).toEqual([true, true]);
  expect(other.map(isDead)).toEqual([false, false]);
  expect(await endFormerTrees(['run-of-another'], clock)).toEqual([]);
  expect(other.map(isDead)).toEqual([true, true]);
});

test.runIf(linux)('a spawner of our own is no former one', async () => {
  const own = await startSpawner('still-needed');
  await endFormerSpawner(join(folder, 'still-needed', 'journal.jsonl'), clock);
  expect(isDead(own.pid)).toBe(false);
  await own.stop();
});
