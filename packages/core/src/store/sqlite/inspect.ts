import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Lines of damage that are told; the rest says nothing more. */
const mostLines = 3;

/**
 * What SQLite finds wrong with a file, read only; empty when nothing is. It reads all of the file: not for a process that
 * answers others meanwhile.
 */
export function damageOf(path: string): string {
  if (!existsSync(path)) return '';
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    const lines = database
      .prepare(`PRAGMA quick_check(${mostLines})`)
      .all()
      .map((row) => String(row['quick_check']));
    return lines.length === 1 && lines[0] === 'ok' ? '' : lines.join('; ').replaceAll('\n', ' ');
  } catch (error) {
    return (error as Error).message;
  } finally {
    if (database?.isOpen === true) database.close();
  }
}
