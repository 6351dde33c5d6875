import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../packages/cli/src/program.ts';
import { program } from './program.ts';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Place {
  /** Where the person stands. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on standard input; a terminal never does. */
  readonly input?: string;
}

/** Where Node keeps what it has compiled of the program, as hundreds of calls would compile it anew. */
const compiled = join(tmpdir(), 'jtp-test-compiled');

/** One call of the command line, as a process of its own with nothing of this one's environment but `PATH`. */
export async function jtp(args: readonly string[], { cwd, env = {}, input = '' }: Place): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, NODE_COMPILE_CACHE: compiled, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** The same call within this process, for what asks a server: a tenth of the time. One at a time. */
export async function jtpWithin(args: readonly string[], { cwd, env = {}, input = '' }: Place): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const status = await runCommandLine(args, {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: { PATH: process.env['PATH'], HOME: cwd, ...env },
      cwd,
      readStdin: () => Promise.resolve(input),
    });
    return { status, stdout, stderr };
  } finally {
    process.exitCode = before;
  }
}
