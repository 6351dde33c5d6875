/**
 * The right to a worker's data folder: one process at a time has it, and the kernel takes it from a process that dies.
 *
 * It is SQLite's lock of a small file. That one also holds between containers that share the folder, where process ids
 * say nothing; and unlike a lock of the `flock` family no child of the worker can keep it alive.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Random } from '../system/random.ts';

export interface FolderLock {
  /** Tells this folder from all others, copies of it included. */
  readonly id: string;
  release(): void;
}

/** @returns null while another process, or another worker of this one, holds it */
export function lockFolder(folder: string, random: Random): FolderLock | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock');
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE');
    // With this mode the lock of the first write stays until the file is closed.
    database.exec('BEGIN EXCLUSIVE');
    const id = identify(database, { inode: String(statSync(path, { bigint: true }).ino), random });
    database.exec('COMMIT');
    return { id, release: () => (database.isOpen ? database.close() : undefined) };
  } catch (error) {
    database.close();
    if (isHeld(error)) return null;
    throw error;
  }
}

/** A copy of the folder holds the file with another inode: it is another folder, and gets another id. */
function identify(
  database: DatabaseSync,
  { inode, random }: { readonly inode: string; readonly random: Random },
): string {
  database.exec('CREATE TABLE IF NOT EXISTS folder (id text NOT NULL, inode text NOT NULL) STRICT');
  const known = database.prepare('SELECT id, inode FROM folder').get();
  if (known !== undefined && known['inode'] === inode) return String(known['id']);
  const id = Buffer.from(random.bytes(16)).toString('hex');
  database.exec('DELETE FROM folder');
  database.prepare('INSERT INTO folder (id, inode) VALUES (?, ?)').run(id, inode);
  return id;
}

function isHeld(error: unknown): boolean {
  // SQLITE_BUSY and SQLITE_LOCKED, whatever their extended code.
  const code = (error as { readonly errcode?: number }).errcode ?? 0;
  return (code & 0xff) === 5 || (code & 0xff) === 6;
}
