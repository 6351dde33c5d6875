import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processFacts } from '../spawner/process-table.ts';
import { pause } from '../system/pause.ts';
import { thisHost } from './host.ts';

const isAlive = (pid: number): boolean => thisHost().isAlive(pid);

test('a process is alive while it runs, and not after', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  expect(isAlive(child.pid ?? 0)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(child.pid ?? 0)).toBe(false);
});

test.runIf(process.platform === 'linux')('one that ended and that nobody waited for is not alive', async () => {
  // The shell becomes a sleep that never asks for the child it had.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    for (let tries = 0; tries < 500 && processFacts(pid)?.dead === false; tries += 1) await pause(10);
    expect(processFacts(pid)?.dead).toBe(true);
    expect(isAlive(pid)).toBe(false);
  } finally {
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  }
});
