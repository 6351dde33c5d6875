import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Writes noise over the first page of a table, in a file that nobody has open. */
export function spoilPages(path: string, table: string): void {
  const database = new DatabaseSync(path);
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage'];
  const size = database.prepare('PRAGMA page_size').get()?.['page_size'];
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(Number(size), 0xa5), 0, Number(size), (Number(root) - 1) * Number(size));
  closeSync(file);
}
