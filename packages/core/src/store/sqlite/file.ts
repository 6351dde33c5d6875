import { closeSync, existsSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { JobTriggerError } from '../../errors.ts';

/** File systems whose locks do not hold between hosts, by the number that statfs gives them on Linux. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
]);

/** The name of a network file system, or null for any other. `type` is signed on some platforms. */
export function networkFileSystem(type: number): string | null {
  return networkFileSystems.get(type >>> 0) ?? null;
}

/** Null for a local disk, and where nobody can tell. */
function networkKindOf(folder: string): string | null {
  if (process.platform !== 'linux' || !existsSync(folder)) return null;
  return networkFileSystem(statfsSync(folder).type);
}

/**
 * Makes the file and its folder, readable by the owner alone, unless they are there. The file is never opened while it
 * exists: closing it would drop the locks that this process's own connections hold on it.
 *
 * @throws {JobTriggerError} `configuration_invalid` on a network file system
 */
export function prepareFile(path: string, { create }: { readonly create: boolean }): void {
  const folder = dirname(path);
  if (create) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kind = networkKindOf(folder);
  if (kind !== null) {
    throw new JobTriggerError(
      'configuration_invalid',
      `${path} lies on ${kind}. A SQLite database needs a local disk; use PostgreSQL to share one between hosts.`,
      { path },
    );
  }
  if (!create || existsSync(path)) return;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
