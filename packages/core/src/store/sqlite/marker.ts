/**
 * A small file beside the database that knows it: where it lies, an empty or another database is no first start but a
 * loss, and is refused.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { JobTriggerError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { Connection } from './connection.ts';
import { databaseMarker } from './marker-path.ts';
import { sqliteVersion } from './migrate.ts';

function knownId(path: string): string | null {
  return existsSync(databaseMarker(path)) ? readFileSync(databaseMarker(path), 'utf8').trim() : null;
}

function refuse(path: string, found: string): JobTriggerError {
  return new JobTriggerError(
    'database_gone',
    `${found} Put the right file back, or restore a backup into another folder (jtp restore). ` +
      `To begin anew on purpose, remove ${databaseMarker(path)}.`,
    { path },
  );
}

/** Before a missing file is made. @throws {JobTriggerError} `database_gone` when there has been one */
export function refuseMissing(path: string): void {
  if (knownId(path) !== null && !existsSync(path))
    throw refuse(path, `There was a database at ${path}, and it is gone.`);
}

/** Before an empty file gets its tables. @throws {JobTriggerError} `database_gone` when there has been another */
export function refuseEmpty(path: string, connection: Connection): void {
  if (knownId(path) !== null && sqliteVersion(connection) === 0)
    throw refuse(path, `The database at ${path} is empty, and was not.`);
}

/**
 * The database's own id, drawn once, stands in both.
 *
 * @throws {JobTriggerError} `database_gone` when the file belongs to another installation than the marker
 */
export function markKnown(path: string, connection: Connection, system: System): void {
  const text = `SELECT value FROM settings WHERE key = 'installation'`;
  if (connection.run(text, []).rows.length === 0) {
    const drawn = JSON.stringify(Buffer.from(system.random.bytes(12)).toString('hex'));
    connection.run(`INSERT INTO settings (key, value) VALUES ('installation', ?) ON CONFLICT (key) DO NOTHING`, [
      drawn,
    ]);
  }
  const id = JSON.parse((connection.run(text, []).rows[0] as { value: string }).value) as string;
  const known = knownId(path);
  if (known === id) return;
  if (known !== null) throw refuse(path, `The database at ${path} is not the one that was here.`);
  const part = `${databaseMarker(path)}.${process.pid}`;
  writeFileSync(part, `${id}\n`, { mode: 0o600 });
  renameSync(part, databaseMarker(path));
}
