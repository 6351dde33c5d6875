/**
 * Whether a program can be started, found as the system finds it. Asked before the start, as what puts a process into a
 * namespace would only end with a number of its own.
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

const usualPath = '/bin:/usr/bin';
/** The system reads no more of a first line. */
const firstLineBytes = 256;

export interface ProgramFacts {
  readonly file: string;
  /** The search path of its environment. */
  readonly path: string | undefined;
  readonly cwd: string;
}

/** @throws with the code the system would give (ENOENT, EACCES) and a sentence for a person */
export function requireProgram({ file, path, cwd }: ProgramFacts): void {
  if (process.platform === 'win32') return;
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw refusal('ENOENT', cwd);
  const candidates = file.includes('/')
    ? [isAbsolute(file) ? file : resolve(cwd, file)]
    : (path ?? usualPath).split(delimiter).map((folder) => join(resolve(cwd, folder), file));
  const found = candidates.find(isExecutable);
  if (found !== undefined) checkFirstLine(file, found);
  else if (candidates.some(exists)) throw refusal('EACCES', `The program ${file} may not be executed.`);
  else throw refusal('ENOENT', `The program ${file} does not exist, or the interpreter it names does not.`);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A script whose interpreter is missing is refused as if it were missing itself. */
function checkFirstLine(file: string, path: string): void {
  const line = firstLineOf(path);
  if (!line.startsWith('#!')) return;
  const [interpreter = ''] = line.slice(2).trimStart().split(/[ \t]/);
  if (interpreter === '' || isExecutable(interpreter)) return;
  if (interpreter.endsWith('\r'))
    throw refusal(
      'ENOENT',
      `The first line of ${file} ends in CR LF, so its interpreter would be ${JSON.stringify(interpreter)}. Save it with line ends of LF.`,
    );
  const code = exists(interpreter) ? 'EACCES' : 'ENOENT';
  throw refusal(
    code,
    `The interpreter ${interpreter} that ${file} names ${code === 'ENOENT' ? 'does not exist' : 'may not be executed'}.`,
  );
}

function firstLineOf(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    // A program may be executable without being readable; a script may not.
    return '';
  }
  try {
    const buffer = Buffer.alloc(firstLineBytes);
    const length = readSync(descriptor, buffer);
    return buffer.toString('latin1', 0, length).split('\n', 1)[0] ?? '';
  } finally {
    closeSync(descriptor);
  }
}

function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
