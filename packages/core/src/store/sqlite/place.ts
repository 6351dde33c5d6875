/** Whether a database file is still the one that was opened: SQLite itself goes on writing to a file without a name. */
import { statSync } from 'node:fs';
import { JobTriggerError } from '../../errors.ts';

/** What must not change about a file while it is open. */
export interface FileFacts {
  readonly device: number;
  readonly inode: number;
  /** The user it belongs to; null where files have none. */
  readonly owner: number | null;
  readonly writable: boolean;
}

/** Null when there is no such file. */
export function factsOf(path: string): FileFacts | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  const owner = process.getuid === undefined ? null : found.uid;
  return { device: found.dev, inode: found.ino, owner, writable: (found.mode & 0o200) !== 0 };
}

/**
 * Why the file may not be written, or null. Pure.
 *
 * @param opened what it was when it was opened; null before
 * @param user who asks; null where users have no numbers
 */
export function faultOf(
  path: string,
  {
    now,
    opened,
    user,
  }: { readonly now: FileFacts | null; readonly opened: FileFacts | null; readonly user: number | null },
): JobTriggerError | null {
  const refuse = (code: 'database_gone' | 'database_unreachable', message: string): JobTriggerError =>
    new JobTriggerError(code, message, { path });
  if (now === null)
    return refuse(
      'database_gone',
      `The database ${path} was removed. Stop the portal, and put it back or restore a backup.`,
    );
  if (opened !== null && (now.inode !== opened.inode || now.device !== opened.device))
    return refuse('database_gone', `The database ${path} was replaced while it was open. Restart what has it open.`);
  if (now.owner !== null && user !== null && now.owner !== user)
    return refuse('database_unreachable', `The database ${path} belongs to user ${now.owner}; this is user ${user}.`);
  if (!now.writable)
    return refuse('database_unreachable', `The database ${path} is read-only. Make it writable for its owner.`);
  return null;
}

/** The user of this process; null where users have no numbers. */
export const thisUser = (): number | null => process.getuid?.() ?? null;

/** Looks before and after each transaction: one `stat`, microseconds beside the sync of a commit. */
export interface Place {
  /** @throws {JobTriggerError} `database_gone`, `database_unreachable` */
  check(): void;
}

/** Remembers what the file is now. @throws as {@link Place.check} does */
export function watchPlace(path: string): Place {
  const opened = factsOf(path);
  const check = (): void => {
    const fault = faultOf(path, { now: factsOf(path), opened, user: thisUser() });
    if (fault !== null) throw fault;
  };
  check();
  return { check };
}
