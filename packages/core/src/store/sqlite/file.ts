import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { JobTriggerError } from '../../errors.ts';
import { networkFileSystem } from '../network-file-system.ts';
import type { SqliteHost } from './host.ts';
import { factsOf, faultOf, thisUser } from './place.ts';

function refuseNetwork(path: string, host: SqliteHost): void {
  const type = host.fileSystemType(dirname(path));
  const kind = type === null ? null : networkFileSystem(type);
  if (kind !== null) {
    throw new JobTriggerError(
      'configuration_invalid',
      `${path} lies on ${kind}. A SQLite database needs a local disk; use PostgreSQL to share one between hosts.`,
      { path },
    );
  }
}

/**
 * Makes the file and its folder, readable by the owner alone, unless they are there. The file is never opened while it
 * exists: closing it would drop the locks that this process's own connections hold on it.
 *
 * @throws {JobTriggerError} `configuration_invalid` on a network file system, `database_unreachable` when the file is
 *   read-only or another user's
 */
export function prepareFile(
  path: string,
  { create, host }: { readonly create: boolean; readonly host: SqliteHost },
): void {
  const folder = dirname(path);
  if (create) mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseNetwork(path, host);
  const now = factsOf(path);
  const fault = now === null ? null : faultOf(path, { now, opened: null, user: thisUser() });
  if (fault !== null) throw fault;
  if (!create || now !== null) return;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
