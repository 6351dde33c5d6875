/** Which program reads a script: the one its first line names, else one by its extension. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Script } from './script-file.ts';

/** By extension: programs in order of preference, absolute or looked for in PATH, each with the arguments it wants. */
export type Interpreters = Readonly<Record<string, readonly (readonly [string, ...string[]])[]>>;

/** @param nodePath the running Node, so that a job needs no other */
export function defaultInterpreters(nodePath: string): Interpreters {
  return {
    '.py': [['python3'], ['python']],
    '.sh': [['bash'], ['sh']],
    '.js': [[nodePath]],
    '.mjs': [[nodePath]],
    '.ts': [[nodePath]],
    '.ps1': [
      ['pwsh', '-NoProfile', '-NonInteractive', '-File'],
      ['powershell', '-NoProfile', '-NonInteractive', '-File'],
    ],
    '.bat': [['cmd.exe', '/d', '/c']],
    '.cmd': [['cmd.exe', '/d', '/c']],
  };
}

export type Invocation =
  | { readonly argv: readonly [string, ...string[]] }
  | { readonly missing: string; readonly message: string };

/** What to execute for a script, or which program is missing on this worker. */
export function invocationOf(
  script: Script,
  args: readonly string[],
  interpreters: Interpreters,
  path: string,
): Invocation {
  const shebang = script.executable && process.platform !== 'win32' ? readShebang(script.file) : null;
  if (shebang !== null) return byFirstLine(script, args, shebang, path);
  const choices = interpreters[script.extension] ?? [];
  for (const [name, ...own] of choices) {
    const program = programAt(name, isAbsolute(name), path);
    if (program === null) continue;
    const unsafe = name === 'cmd.exe' ? args.find((arg) => /["&|<>^%!\r\n]/.test(arg)) : undefined;
    if (unsafe !== undefined) {
      return absent(name, `cmd.exe would read the argument ${JSON.stringify(unsafe)} as commands; it was not started`);
    }
    return { argv: [program, ...own, script.file, ...args] };
  }
  const names = choices.map(([name]) => name).join(' or ');
  if (names === '') return absent('', `No interpreter is configured for ${script.extension} files`);
  return absent(names, `${script.path} needs ${names}, which is not installed`);
}

/** The system reads the first line itself; looked at before only so that a missing program has a name. */
function byFirstLine(script: Script, args: readonly string[], shebang: string, path: string): Invocation {
  if (programAt(shebang, shebang.includes('/'), path) === null) {
    const what = `${script.path} names ${JSON.stringify(shebang)} in its first line, which is not installed`;
    return absent(shebang, what);
  }
  return { argv: [script.file, ...args] };
}

function programAt(name: string, isPath: boolean, path: string): string | null {
  return isPath ? executableOrNull(name) : findProgram(name, path);
}

/** The first executable file of that name in the folders of `path`; null when there is none. */
export function findProgram(name: string, path: string): string | null {
  for (const folder of path.split(delimiter)) {
    // A relative folder would depend on where the worker happens to stand.
    if (!isAbsolute(folder)) continue;
    const found = executableOrNull(join(folder, name));
    if (found !== null) return found;
  }
  return null;
}

function absent(missing: string, message: string): Invocation {
  return { missing, message: `${message} on this worker.` };
}

function executableOrNull(file: string): string | null {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile() ? file : null;
  } catch {
    return null;
  }
}

/** The program behind `#!`, the one `env` would look for included. Null when the first line names none. */
function readShebang(file: string): string | null {
  const bytes = Buffer.alloc(256);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, bytes, 0, bytes.length, 0);
  closeSync(descriptor);
  const line = bytes.toString('latin1', 0, length).split('\n', 1)[0] ?? '';
  if (!line.startsWith('#!')) return null;
  const [program = '', ...rest] = line
    .slice(2)
    .trimStart()
    .split(/[ \t]+/);
  if (!program.endsWith('/env')) return program === '' ? null : program;
  return rest.find((word) => word !== '' && !word.startsWith('-') && !word.includes('=')) ?? program;
}
