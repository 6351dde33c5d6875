import { closeSync, openSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';
import { CommandError, exitStatus } from '../exit-status.ts';

const retryMs = 50;
/** Longer than a call to a server may take. */
const patienceMs = 60_000;

/**
 * Works while no other process has the lock. It is SQLite's lock of an empty file: the kernel takes it from a process that
 * dies, so that none is ever left behind.
 * @throws CommandError when another has it for a minute
 */
export async function whileLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  // Only now: most commands change no context.
  const { DatabaseSync } = await import('node:sqlite');
  closeSync(openSync(path, 'a', 0o600));
  const lock = new DatabaseSync(path);
  try {
    lock.exec('PRAGMA busy_timeout = 0');
    for (let waited = 0; !taken(lock); waited += retryMs) {
      if (waited >= patienceMs)
        throw new CommandError(
          exitStatus.failed,
          `Another jtp has held ${path} for a minute.`,
          'End it, then try again.',
        );
      await rest(retryMs);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function taken(lock: { exec(sql: string): void }): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    // SQLITE_BUSY and SQLITE_LOCKED, whatever their extended code.
    const code = ((error as { readonly errcode?: number }).errcode ?? 0) & 0xff;
    if (code === 5 || code === 6) return false;
    throw error;
  }
}
