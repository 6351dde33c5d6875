/** A system measured as a process of its own, so that heap and event loop are its own too: told as JSON, answers as JSON. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Answer, Order } from './child.ts';

export interface Program {
  readonly pid: number;
  /** Resolves with the first line that carries this name. */
  heard(name: string): Promise<Answer>;
  tell(line: string): void;
  /** What it answered at its end. @throws when it ended without, with the end of what it complained */
  readonly answer: Promise<Answer>;
  kill(): void;
}

const folder = import.meta.dirname;
const patienceMs = 15 * 60_000;

/** Whether a peer is installed (`npm run bench:peers`). */
export function isInstalled(name: string): boolean {
  return existsSync(join(folder, 'peers', 'node_modules', name, 'package.json'));
}

/** `file` is told from this folder, as `peers/graphile.mjs`. */
export function startProgram(file: string, order: Order, patience = patienceMs): Program {
  const child = spawn(
    process.execPath,
    ['-C', 'jtp-source', '--no-warnings', join(folder, file), JSON.stringify(order)],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let complained = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complained = (complained + text).slice(-4000);
  });
  const lines = new Map<string, PromiseWithResolvers<Answer>>();
  const line = (name: string): PromiseWithResolvers<Answer> => {
    const known = lines.get(name);
    if (known !== undefined) return known;
    const fresh = Promise.withResolvers<Answer>();
    // Whoever waits hears of an early end; nobody may be waiting.
    fresh.promise.catch(() => undefined);
    lines.set(name, fresh);
    return fresh;
  };
  createInterface(child.stdout).on('line', (text) => {
    if (!text.startsWith('{"jtp"')) return;
    const { jtp, ...answer } = JSON.parse(text) as Answer & { jtp: string };
    line(jtp).resolve(answer);
  });
  const late = setTimeout(() => child.kill('SIGKILL'), patience);
  child.once('close', (code, signal) => {
    clearTimeout(late);
    process.removeListener('exit', kill);
    const failure = new Error(`${file} ${order.do} ended with ${code ?? signal}:\n${complained}`);
    for (const { reject } of lines.values()) reject(failure);
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const answer = line('answer').promise;
  return {
    pid: child.pid ?? 0,
    heard: (name) => line(name).promise,
    tell: (text) => void child.stdin.write(`${text}\n`),
    answer,
    kill,
  };
}

export async function runProgram(file: string, order: Order): Promise<Answer> {
  return startProgram(file, order).answer;
}
