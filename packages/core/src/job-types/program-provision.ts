/**
 * Asks a plugin's program for the jobs it wants there to be. It is no run: nothing of it is recorded, and it is started by
 * the process that asks, with a bare environment, and killed when it takes too long.
 */
import { spawn } from 'node:child_process';
import { PluginLines, pluginProtocol, type PluginEnd } from '../spawner/plugin-lines.ts';
import type { PluginProgram } from '../handlers/plugin.ts';
import type { Provision, WantedJob } from './provision.ts';

/** Of what it writes to standard error, kept to tell why it failed. */
const keptCharacters = 500;

/** @param path the PATH it is started with */
export function programProvision(program: PluginProgram, path: string): Provision {
  return async ({ ownerId, signal }) => {
    const question = [
      { kind: 'hello', protocol: pluginProtocol },
      { kind: 'provision', type: program.type, owner_id: ownerId },
    ];
    const { end, how } = await ask(program, { path, signal, question });
    if (end === null) throw new Error(`It ended ${how} without a final line; expected one result with its jobs.`);
    if (end.kind === 'broken') throw new Error(`It broke its protocol. ${end.message}`);
    if (end.kind === 'fail') throw new Error(end.message);
    return jobsIn(end.result);
  };
}

/** What is in the list is looked at later, as that of a plugin in code is. */
function jobsIn(result: unknown): readonly WantedJob[] {
  if (typeof result === 'object' && result !== null && 'jobs' in result) return result.jobs as readonly WantedJob[];
  throw new Error('Its result has no jobs; expected {"jobs": […]}.');
}

interface Asked {
  readonly end: PluginEnd | null;
  /** "with exit 3: what it wrote last". */
  readonly how: string;
}

function ask(
  { argv: [file, ...args], folder, env }: PluginProgram,
  {
    path,
    signal,
    question,
  }: { readonly path: string; readonly signal: AbortSignal; readonly question: readonly object[] },
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: folder,
      env: { PATH: path, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    const lines = new PluginLines({
      log: () => undefined,
      progress: () => undefined,
      broken: () => void child.kill('SIGKILL'),
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-keptCharacters);
    });
    // A program that does not read what it is asked says so by its answer.
    child.stdin.on('error', () => undefined);
    child.stdin.end(question.map((line) => `${JSON.stringify(line)}\n`).join(''));
    child.on('error', (error) => {
      reject(signal.aborted ? new Error('It took too long to list its jobs.') : error);
    });
    child.on('close', (code, by) => {
      lines.finish();
      const words = said.trim() === '' ? '' : `: ${said.trim()}`;
      resolve({ end: lines.end, how: `${by === null ? `with exit ${code}` : `by ${by}`}${words}` });
    });
  });
}
