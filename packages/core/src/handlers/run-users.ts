/**
 * Whom the processes of a run are, where `worker.run_as` says that it is not the worker: then nothing that the worker's
 * user alone may touch is theirs to touch. What a run must write to is handed over to it while it lives, in folders that
 * stay the worker's: it can neither put a link in the place of a file nor look for those of others.
 */
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import type { RunAs, RunUser } from '../model/run-user.ts';
import type { Logger } from '../system/logger.ts';
import type { RunFiles } from '../spawner/log-path.ts';

const nowhere = '/';

function refused(message: string): JobTriggerError {
  return new JobTriggerError('configuration_invalid', `worker.run_as: ${message}`, {
    fields: [{ path: 'worker.run_as', message }],
  });
}

/** An account of the machine's own list; those of a directory service go by number. */
function accountOf(passwd: string, isIt: (fields: readonly string[]) => boolean): RunUser | null {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line.length >= 7 && isIt(line));
  if (fields === undefined) return null;
  return { uid: Number(fields[2]), gid: Number(fields[3]), home: fields[5] || nowhere };
}

/** @throws `configuration_invalid` for a name that nobody has, or that is root's */
export function usersOf(runAs: RunAs, passwd: string): readonly RunUser[] {
  if (runAs.kind === 'range')
    return Array.from({ length: runAs.to - runAs.from + 1 }, (_, nth) => {
      const uid = runAs.from + nth;
      return { uid, gid: uid, home: nowhere };
    });
  if (runAs.kind === 'numbers') {
    const { uid, gid } = runAs;
    const account = accountOf(passwd, (fields) => fields[2] === String(uid)) ?? { uid, gid: uid, home: nowhere };
    return [gid === null ? account : { ...account, gid }];
  }
  const account = accountOf(passwd, ([name]) => name === runAs.name);
  if (account === null) throw refused(`no user is called ${runAs.name} here; a number will do too`);
  if (account.uid === 0 || account.gid === 0) throw refused(`${runAs.name} is root, or of its group`);
  return [account];
}

export class RunUsers {
  /** Those of a range that no run has, the one that was free for longest first. */
  readonly #free: RunUser[];
  readonly #isShared: boolean;

  constructor(users: readonly RunUser[]) {
    this.#free = [...users];
    this.#isShared = users.length === 1;
  }

  /** Null while every number of the range is some run's. */
  take(): RunUser | null {
    return (this.#isShared ? this.#free[0] : this.#free.shift()) ?? null;
  }

  release(user: RunUser): void {
    if (!this.#isShared) this.#free.push(user);
  }
}

/** Says that jobs run as their worker, when it starts its first processes and never again. */
export function ownUserWarning(log: Pick<Logger, 'warn'>, uid = process.getuid?.()): () => void {
  let said = false;
  return () => {
    if (said) return;
    said = true;
    const what = 'jobs run as the user of this worker, and can write what it can; worker.run_as parts them';
    log.warn(what, uid === undefined ? {} : { uid });
  };
}

/**
 * Whom the jobs of a worker run as; null for itself.
 *
 * @param most runs that it carries out at once
 * @throws `configuration_invalid` where this process may not start others as somebody else, or they are too few
 */
export function runUsersFor(runAs: RunAs | null, most: number, uid = process.getuid?.()): RunUsers | null {
  if (runAs === null) return null;
  if (process.platform !== 'linux') throw refused('it needs Linux');
  if (uid !== 0) throw refused('only a worker that runs as root can start jobs as somebody else');
  const users = usersOf(runAs, readFileSync('/etc/passwd', 'utf8'));
  if (runAs.kind === 'range' && users.length < most)
    throw refused(`the range holds ${users.length} numbers for ${most} runs at once (worker.max_concurrent)`);
  return new RunUsers(users);
}

/** Lets others pass through, and see no names. */
function letThrough(folder: string): void {
  const mode = statSync(folder).mode & 0o777;
  if ((mode & 0o011) !== 0o011) chmodSync(folder, mode | 0o011);
}

/** What a process may write: made by the worker, so that it is a file, whatever the process does. */
function written(files: RunFiles): readonly string[] {
  return [files.result, files.progress, `${files.log}.hooks`];
}

/** Gives an attempt what it must write and read. Its folder, with the output in it, stays the worker's. */
export function handOver(files: RunFiles, { uid, gid }: RunUser): void {
  mkdirSync(files.folder, { recursive: true, mode: 0o711 });
  const day = dirname(files.folder);
  for (const folder of [files.folder, day, dirname(day), dirname(dirname(day))]) letThrough(folder);
  for (const file of written(files)) {
    closeSync(openSync(file, 'a', 0o600));
    chownSync(file, uid, gid);
  }
  chownSync(files.artifacts, uid, gid);
  if (statSync(files.upstream, { throwIfNoEntry: false }) !== undefined) chownSync(files.upstream, uid, gid);
}

/** Takes it back when the attempt has ended: whoever has its number next finds it closed. */
export function takeBack(files: RunFiles): void {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  for (const path of [...written(files), files.artifacts, files.upstream])
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) chownSync(path, uid, gid);
}
