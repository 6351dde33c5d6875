import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { systemRandom } from '../system/random.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

function folder(): string {
  const fresh = freshDir('jtp-lock');
  cleanUps.push(() => fresh.remove());
  return join(fresh.path, 'w1');
}

function lock(path: string): FolderLock | null {
  const taken = lockFolder(path, systemRandom);
  if (taken !== null) cleanUps.push(() => taken.release());
  return taken;
}

test('a folder is one worker’s until it is released, and keeps its id (F61)', () => {
  const path = folder();
  const first = lock(path);
  expect(first?.id).toMatch(/^[0-9a-f]{32}$/);
  expect(lock(path)).toBeNull();
  first?.release();
  expect(lock(path)?.id).toBe(first?.id);
});

test('another folder has another id, and so has a copy', () => {
  const [one, two] = [folder(), folder()];
  const first = lock(one);
  expect(lock(two)?.id).not.toBe(first?.id);
  first?.release();
  const copy = folder();
  cpSync(one, copy, { recursive: true });
  expect(lock(copy)?.id).not.toBe(first?.id);
});

test('the lock of a process that is killed is free at once, and while it lives it is not (F61)', async () => {
  const path = folder();
  const holder = holding(path);
  const [said] = (await once(holder, 'message')) as [string];
  expect(lock(path)).toBeNull();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(lock(path)?.id).toBe(said);
});

/** Another process that takes the lock, says its id, and keeps it. */
function holding(path: string): ChildProcess {
  const program = `
    import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'folder-lock.ts'))};
    import { systemRandom } from ${JSON.stringify(join(import.meta.dirname, '../system/random.ts'))};
    const lock = lockFolder(${JSON.stringify(path)}, systemRandom);
    process.send(lock.id);
    setInterval(() => lock.id, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  cleanUps.push(() => void child.kill('SIGKILL'));
  return child;
}
