/**
 * Files in the scripts folder that a job may run. The same checks hold when a job is saved and when it starts, as the
 * file may have been replaced in between (`SECURITY.md` D1, D2).
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { basename, extname, join } from 'node:path';
import { JobTriggerError, type ErrorCode } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import { hasControlCharacters } from './control-characters.ts';

export interface ScriptRules {
  /** Lower case, with the dot. */
  readonly allowedExtensions: readonly string[];
  readonly maxBytes: number;
}

/** `security.allowed_extensions` and `scripts.max_bytes`, as they are unless set. */
export const defaultScriptRules: ScriptRules = {
  allowedExtensions: ['.py', '.sh', '.js', '.mjs', '.ts', '.bat', '.cmd', '.ps1'],
  maxBytes: 1_048_576,
};

export interface Script {
  /** Inside the scripts folder, with forward slashes: what a job's `script` says. */
  readonly path: string;
  /** Absolute, free of links. */
  readonly file: string;
  /** Lower case, with the dot. */
  readonly extension: string;
  readonly bytes: number;
  readonly modifiedAt: Instant;
  readonly executable: boolean;
}

const longestPath = 1024;
const mostListed = 5000;
const deepest = 16;
const onWindows = process.platform === 'win32';

/**
 * The file that `path` names.
 *
 * @throws {JobTriggerError} `script_outside_folder` for a path that leaves the folder, also through a link;
 *   `script_missing`; `script_refused` for what is no plain file of its own, open to all, too large or of another kind
 */
export function resolveScript(scriptsDir: string, path: string, rules: ScriptRules): Script {
  const { file, stats } = locate(scriptsDir, path);
  return checked({ path, file, stats }, rules);
}

interface Located {
  readonly path: string;
  readonly file: string;
  readonly stats: Stats;
}

function checked({ path, file, stats }: Located, rules: ScriptRules): Script {
  const extension = extname(file).toLowerCase();
  if (!stats.isFile()) throw refused(path, 'is not a regular file');
  if (stats.nlink > 1) throw refused(path, 'is a hard link: the same file has another name elsewhere');
  if ((stats.mode & 0o6000) !== 0 && !onWindows)
    throw refused(path, 'changes the user or group it runs as (set-uid, set-gid)');
  if (!rules.allowedExtensions.includes(extension)) {
    throw refused(path, `has the extension "${extension}"; allowed are ${rules.allowedExtensions.join(' ')}`);
  }
  if (stats.size > rules.maxBytes) throw tooLarge(path, stats.size, rules);
  const executable = (stats.mode & 0o111) !== 0;
  return { path, file, extension, bytes: stats.size, modifiedAt: Math.trunc(stats.mtimeMs), executable };
}

/** What a script holds, with the SHA-256 of exactly these bytes. */
export interface ScriptBytes {
  readonly script: Script;
  readonly bytes: Buffer;
  readonly hash: string;
}

/**
 * Opens the file that `path` names, following no link, and reads it once: what is told of it is told of these bytes,
 * whatever becomes of the file meanwhile.
 *
 * @throws {JobTriggerError} as {@link resolveScript}
 */
export function readScript(scriptsDir: string, path: string, rules: ScriptRules): ScriptBytes {
  const { file } = locate(scriptsDir, path);
  const descriptor = opened(path, file);
  try {
    const stats = fstatSync(descriptor);
    checkMode(JSON.stringify(basename(file)), path, stats, lstatSync(realRoot(scriptsDir)).uid);
    refuseElsewhere(descriptor, path, file);
    const script = checked({ path, file, stats }, rules);
    const bytes = readAtMost(descriptor, rules.maxBytes + 1);
    if (bytes.length > rules.maxBytes) throw tooLarge(path, bytes.length, rules);
    return {
      script: { ...script, bytes: bytes.length },
      bytes,
      hash: createHash('sha256').update(bytes).digest('hex'),
    };
  } finally {
    closeSync(descriptor);
  }
}

/** A named pipe would keep whoever opens it waiting. */
function opened(path: string, file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(path);
    if (code === 'ELOOP') throw outside(path, 'it is a link, and links are not followed');
    throw refused(path, `cannot be opened (${code})`);
  }
}

/** A folder on the way may have become a link between the look at it and the opening: the system tells what was opened. */
export function refuseElsewhere(descriptor: number, path: string, file: string): void {
  const found = placeOf(descriptor);
  if (found !== null && found !== file && found !== `${file} (deleted)`)
    throw outside(path, 'a folder on its way was exchanged');
}

/** Null where the system does not tell. */
function placeOf(descriptor: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return null;
  }
}

function readAtMost(descriptor: number, most: number): Buffer {
  const buffer = Buffer.alloc(most);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, length, most - length, null);
    length += read;
    if (read === 0 || length === most) return buffer.subarray(0, length);
  }
}

export function tooLarge(path: string, bytes: number, { maxBytes }: ScriptRules): JobTriggerError {
  return refused(path, `has ${bytes} bytes; allowed are ${maxBytes}`);
}

/** A folder inside the scripts folder, absolute; the scripts folder itself for null. @throws as {@link resolveScript} */
export function resolveFolder(scriptsDir: string, path: string | null): string {
  if (path === null || path === '' || path === '.') return realRoot(scriptsDir);
  const { file, stats } = locate(scriptsDir, path);
  if (!stats.isDirectory()) throw refused(path, 'is not a folder');
  return file;
}

/** All scripts that could run, sorted by path, 5 000 at most. Hidden, disallowed and refused files are left out. */
export function listScripts(scriptsDir: string, rules: ScriptRules): Script[] {
  const found: Script[] = [];
  const look = (folder: string, depth: number): void => {
    for (const entry of readdirSync(join(scriptsDir, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || found.length >= mostListed) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth < deepest) look(path, depth + 1);
      else if (entry.isFile()) {
        const script = resolvedOrNull(scriptsDir, path, rules);
        if (script !== null) found.push(script);
      }
    }
  };
  look('', 0);
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function resolvedOrNull(scriptsDir: string, path: string, rules: ScriptRules): Script | null {
  try {
    return resolveScript(scriptsDir, path, rules);
  } catch (error) {
    if (error instanceof JobTriggerError) return null;
    throw error;
  }
}

/** Walks down from the real folder, step by step, so that no link on the way is followed. */
function locate(scriptsDir: string, path: string): { file: string; stats: Stats } {
  checkPath(path);
  let file = realRoot(scriptsDir);
  let stats = lstatSync(file);
  const owner = stats.uid;
  checkMode('The scripts folder', path, stats, owner);
  for (const step of path.split('/')) {
    if (!stats.isDirectory()) throw missing(path);
    file = join(file, step);
    const next = lstatSync(file, { throwIfNoEntry: false });
    if (next === undefined) throw missing(path);
    if (next.isSymbolicLink()) throw outside(path, `"${step}" is a link, and links are not followed`);
    checkMode(`"${step}"`, path, next, owner);
    stats = next;
  }
  return { file, stats };
}

/** @throws {JobTriggerError} for what names no file below the folder, whatever lies there */
export function checkPath(path: string): void {
  if (path === '') throw fault('script_missing', path, 'No script is named.');
  if (path.length > longestPath)
    throw refused(path, `has a path of ${path.length} characters; allowed are ${longestPath}`);
  if (hasControlCharacters(path)) throw refused(path, 'has control characters in its path');
  if (path.includes('\\')) throw outside(path, 'folders are separated by /');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) throw outside(path, 'the path begins at the scripts folder');
  if (/%(?:25)*(?:2e|2f|5c|00)/i.test(path)) throw outside(path, 'the path is taken as written, without % escapes');
  for (const step of path.split('/')) checkStep(path, step);
}

function checkStep(path: string, step: string): void {
  if (['..', '.', ''].includes(step)) throw outside(path, 'steps like "..", "." or "//" are not allowed');
  if (/[ .]$/.test(step)) throw refused(path, 'has a name that ends in a space or a dot');
}

export function checkMode(what: string, path: string, stats: Stats, owner: number): void {
  if (onWindows) return;
  if ((stats.mode & 0o002) !== 0) throw refused(path, `could be changed by anyone: ${what} is writable by all users`);
  if (stats.uid !== owner && stats.uid !== 0) {
    throw refused(path, `belongs to another user: ${what} is neither root's nor of the owner of the scripts folder`);
  }
}

/** @throws {JobTriggerError} `script_missing` */
export function realRoot(scriptsDir: string): string {
  try {
    return realpathSync.native(scriptsDir);
  } catch (error) {
    throw new JobTriggerError(
      'script_missing',
      `The scripts folder ${scriptsDir} cannot be read.`,
      {},
      { cause: error },
    );
  }
}

export function refused(path: string, why: string): JobTriggerError {
  return fault('script_refused', path, `The script ${shown(path)} ${why}.`);
}
export function outside(path: string, why: string): JobTriggerError {
  return fault('script_outside_folder', path, `The script ${shown(path)} does not lie in the scripts folder: ${why}.`);
}
export function missing(path: string): JobTriggerError {
  return fault('script_missing', path, `There is no script ${shown(path)} in the scripts folder.`);
}
function fault(code: ErrorCode, path: string, message: string): JobTriggerError {
  return new JobTriggerError(code, message, { fields: [{ path: 'config.script', message }], script: shown(path) });
}
function shown(path: string): string {
  return JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path);
}
