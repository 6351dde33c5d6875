/**
 * Puts files into the scripts folder and takes them out. What is put there has to pass what it will be asked at its start
 * (`SECURITY.md` D1, D2), no link on the way is followed, and whoever reads meanwhile finds the former content or the new
 * one, whole.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import {
  checkMode,
  checkPath,
  missing,
  outside,
  readScript,
  realRoot,
  refused,
  refuseElsewhere,
  tooLarge,
  type ScriptBytes,
  type ScriptRules,
} from './script-file.ts';

/** What lies at a path, null for nothing. @throws {JobTriggerError} for what may not run, and for a path that leaves the folder */
export function heldScript(scriptsDir: string, path: string, rules: ScriptRules): ScriptBytes | null {
  try {
    return readScript(scriptsDir, path, rules);
  } catch (error) {
    if (error instanceof JobTriggerError && error.code === 'script_missing') {
      realRoot(scriptsDir);
      return null;
    }
    throw error;
  }
}

/** @throws {JobTriggerError} `script_refused`, `script_outside_folder` for a file that could not run */
export function checkNewScript(path: string, bytes: Buffer, rules: ScriptRules): void {
  checkPath(path);
  if (path.split('/').some((step) => step.startsWith('.')))
    throw refused(path, 'has a name that begins with a dot, and would not be listed');
  const extension = extname(path).toLowerCase();
  if (!rules.allowedExtensions.includes(extension))
    throw refused(path, `has the extension "${extension}"; allowed are ${rules.allowedExtensions.join(' ')}`);
  if (bytes.length > rules.maxBytes) throw tooLarge(path, bytes.length, rules);
}

export interface Placing {
  readonly scriptsDir: string;
  readonly path: string;
  readonly bytes: Buffer;
  /** Part of a name that nobody else uses. */
  readonly mark: string;
}

/** A file beside its place, on the disk to the last byte. */
export interface PlacedScript {
  /** Puts it in place, whatever lies there. */
  settle(): void;
  /** Takes it away again; nothing once it is settled. */
  drop(): void;
}

/**
 * Writes a file beside its place: from there it comes with one step. Folders on its way are made.
 *
 * @throws {JobTriggerError} `script_outside_folder`, `script_refused`, `no_space`; `conflict` where the folder cannot be written
 */
export function placeScript({ scriptsDir, path, bytes, mark }: Placing): PlacedScript {
  return told(path, () => {
    const { file, folderStats } = wayTo(scriptsDir, path);
    const beside = join(dirname(file), `.${mark}.new`);
    try {
      write(beside, path, { bytes, mode: modeOf(file, bytes, folderStats) });
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
    return {
      settle: () =>
        told(path, () => {
          renameSync(beside, file);
          syncFolder(dirname(file));
        }),
      drop: () => rmSync(beside, { force: true }),
    };
  });
}

/** @throws {JobTriggerError} as {@link placeScript} */
export function removeScript(scriptsDir: string, path: string): void {
  told(path, () => {
    const { file } = wayTo(scriptsDir, path);
    unlinkSync(file);
    syncFolder(dirname(file));
  });
}

/** The place of a file, down from the real folder step by step; what is not there yet of its folders is made. */
function wayTo(scriptsDir: string, path: string): { readonly file: string; readonly folderStats: Stats } {
  checkPath(path);
  const steps = path.split('/');
  let folder = realRoot(scriptsDir);
  const folderStats = lstatSync(folder);
  checkMode('The scripts folder', path, folderStats, folderStats.uid);
  for (const step of steps.slice(0, -1)) {
    folder = join(folder, step);
    const stats = lstatSync(folder, { throwIfNoEntry: false }) ?? madeFolder(folder, folderStats);
    if (stats.isSymbolicLink()) throw outside(path, `"${step}" is a link, and links are not followed`);
    if (!stats.isDirectory()) throw refused(path, `lies below "${step}", which is no folder`);
    checkMode(`"${step}"`, path, stats, folderStats.uid);
  }
  return { file: join(folder, steps.at(-1) ?? ''), folderStats };
}

function madeFolder(folder: string, { mode }: Stats): Stats {
  mkdirSync(folder, { mode: mode & 0o775 });
  return lstatSync(folder);
}

/** As the file before it; a new one is open to whom the folder is, and executable when its first line names a program. */
function modeOf(file: string, bytes: Buffer, folder: Stats): number {
  const before = lstatSync(file, { throwIfNoEntry: false });
  if (before?.isFile() === true) return before.mode & 0o775;
  const isProgram = bytes.subarray(0, 2).toString('latin1') === '#!';
  return (isProgram ? 0o755 : 0o644) & (folder.mode | 0o600);
}

function write(beside: string, path: string, { bytes, mode }: { readonly bytes: Buffer; readonly mode: number }): void {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const descriptor = openSync(beside, O_CREAT | O_EXCL | O_WRONLY | (O_NOFOLLOW ?? 0), mode);
  try {
    refuseElsewhere(descriptor, path, beside);
    for (let from = 0; from < bytes.length;) from += writeSync(descriptor, bytes, from);
    fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** That a name has changed lies in its folder. Windows has no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What the system refuses, in the words of the portal. */
function told<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JobTriggerError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw missing(path);
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new JobTriggerError('no_space', 'The disk of the scripts folder is full.', {}, { cause: error });
    throw new JobTriggerError(
      'conflict',
      `The portal cannot write ${path} into the scripts folder (${code}).`,
      {},
      { cause: error },
    );
  }
}
