/** What the scenarios of starts share: our engine and the others, each a process that is told how many and tells what it took. */
import { execFileSync, fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineFacts } from './start-engine.ts';

export interface StartOrder {
  readonly what: 'command' | 'script' | 'function';
  readonly count: number;
}

export interface StartResult {
  readonly perSecond: number;
  /** From start to end of each, in milliseconds. */
  readonly tookMs: readonly number[];
  /** The longest time in which the event loop of the process that gives the orders stood still; absent without one. */
  readonly stallMs?: number;
  readonly cpuMsPerRun?: number;
  readonly memoryMb?: number;
}

const peers = join(import.meta.dirname, 'peers');

/** Our engine, up until it is stopped, so that a round pays for no start of its own. */
export class StartEngine {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(facts: EngineFacts): Promise<StartEngine> {
    mkdirSync(facts.folder, { recursive: true });
    const child = fork(join(import.meta.dirname, 'start-engine.ts'), [JSON.stringify(facts)], {
      execArgv: ['-C', 'jtp-source', ...(process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean)],
    });
    const engine = new StartEngine(child);
    await engine.#answer();
    return engine;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async run(order: StartOrder): Promise<StartResult> {
    this.#child.send(order);
    return (await this.#answer()) as StartResult;
  }

  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.disconnect();
    await gone;
  }

  async #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`the engine ended with ${code}`));
      this.#child.once('exit', onExit);
      this.#child.once('message', (message: unknown) => {
        this.#child.off('exit', onExit);
        const { failed } = message as { failed?: string };
        if (failed === undefined) resolve(message);
        else reject(new Error(failed));
      });
    });
  }
}

async function resultOf(file: string, args: readonly string[]): Promise<StartResult> {
  return new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(said) as StartResult);
      else reject(new Error(`${file} ${args[0] ?? ''} ended with ${code}`));
    });
  });
}

/** Builds the loop of `posix_spawn`. @returns its path, null where there is no compiler */
export function buildSpawnLoop(folder: string): string | null {
  if (spawnSync('cc', ['--version'], { stdio: 'ignore' }).status !== 0) return null;
  const program = join(folder, 'posix-spawn');
  execFileSync('cc', ['-O2', '-o', program, join(peers, 'posix-spawn.c')]);
  return program;
}

export async function spawnLoop(program: string, count: number, atOnce: number): Promise<StartResult> {
  return resultOf(program, [String(count), String(atOnce), '/bin/true']);
}

export async function nodeLoop(facts: {
  readonly count: number;
  readonly atOnce: number;
  readonly argv: readonly string[];
  readonly memoryMb: number;
}): Promise<StartResult> {
  return resultOf(process.execPath, [join(peers, 'node-spawn.mjs'), JSON.stringify(facts)]);
}

/** @returns null where it is not installed (`npm run bench:peers`) */
export async function breeLoop(facts: {
  readonly count: number;
  readonly atOnce: number;
  readonly source: string;
}): Promise<StartResult | null> {
  if (!existsSync(join(peers, 'node_modules', 'bree'))) return null;
  return resultOf(process.execPath, [join(peers, 'bree-starts.mjs'), JSON.stringify(facts)]);
}

/** A shell that starts the program again and again, one after the other. */
export async function shellLoop(count: number, command: string): Promise<StartResult> {
  const begun = performance.now();
  const loop = `n=0; while [ $n -lt ${count} ]; do ${command}; n=$((n+1)); done`;
  await new Promise<void>((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', loop], { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the shell ended with ${code}`))));
  });
  return { perSecond: (count / (performance.now() - begun)) * 1000, tookMs: [] };
}

/** The same order for everybody in each round would give the first and the last an advantage. */
export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
