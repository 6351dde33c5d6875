/** One process of the product that the harness may strike: it is started, watched, and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const main = resolve(import.meta.dirname, '../../packages/cli/src/main.ts');
const shiftedClock = pathToFileURL(resolve(import.meta.dirname, 'shifted-clock.ts')).href;
const upMs = 120_000;

export interface RoleOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What it says on standard error, over all its lives. */
  readonly log: string;
  /** In what it says when it is ready. */
  readonly ready: RegExp;
}

export class Role {
  readonly name: string;
  readonly #options: RoleOptions;
  readonly #file: WriteStream;
  #child: ChildProcess | null = null;
  #said = '';
  #expected = false;
  #closed = false;
  /** How it ended when nobody had asked it to, with its last words. */
  readonly crashes: string[] = [];

  constructor(options: RoleOptions) {
    this.name = options.name;
    this.#options = options;
    this.#file = createWriteStream(options.log, { flags: 'a' });
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Of a worker: the process that starts its jobs, as it last said. */
  get spawnerPid(): number | null {
    const said = [...this.#said.matchAll(/"message":"spawner started","pid":(\d+)/g)].at(-1)?.[1];
    return said === undefined ? null : Number(said);
  }

  /** Resolves when it is ready. @throws with its words when it ends before */
  async start(): Promise<void> {
    const { args, env, cwd, ready, name } = this.#options;
    if (this.#closed) throw new Error(`${name} is over.`);
    this.#said = '';
    this.#expected = false;
    const child = spawn(process.execPath, ['-C', 'jtp-source', '--import', shiftedClock, main, ...args], {
      env: { ...env },
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#file.write(`--- ${new Date().toISOString()} ${name} is process ${child.pid}\n`);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#child === child) this.#said = (this.#said + text).slice(-200_000);
      this.#file.write(text);
    });
    child.on('exit', (code, signal) => {
      this.#file.write(`--- ${new Date().toISOString()} ${name} ended: ${signal ?? code}\n`);
      if (!this.#expected) this.crashes.push(`${name} ended by itself (${signal ?? code}): ${this.#said.slice(-500)}`);
    });
    for (const since = Date.now(); !ready.test(this.#said);) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() - since > upMs)
        throw new Error(`${name} did not come up: ${this.#said.slice(-2000)}`);
      await rest(20);
    }
  }

  /** Sends a signal, when it lives. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** For good: nothing starts it again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.signal('SIGCONT');
    await this.kill();
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end and waits; kills it when it takes longer. @returns whether it ended by itself, with status 0 */
  async drain(withinMs = 20_000): Promise<boolean> {
    const late = rest(withinMs, 'late' as const, { ref: false });
    if ((await Promise.race([this.#end('SIGTERM'), late])) === 'late') await this.#end('SIGKILL');
    return this.#child?.exitCode === 0;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#expected = true;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
