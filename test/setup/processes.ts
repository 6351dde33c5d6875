/** An installation whose roles are processes of their own, used by its command line; all of them end with the test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { freshDir } from './databases.ts';
import { program } from './program.ts';

const ready =
  /Listening on|scheduler started|spawner started[^]*worker registered|worker registered[^]*spawner started/;
/** What a test leaves to be ended after it, the last first. */
export const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An installation with its own folder and environment; each call is a real process. */
export function installation(more: Readonly<Record<string, string>> = {}) {
  const folder = freshDir('jtp-life');
  cleanUps.push(() => folder.remove());
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
    JOB_PORTAL_DATA_DIR: join(folder.path, 'data'),
    JOB_PORTAL_ADMIN_EMAIL: 'mei@example.org',
    JOB_PORTAL_ADMIN_PASSWORD: 'correct horse battery',
    ...more,
  };
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [program, ...args], { env, cwd: folder.path });
  async function jtp(args: readonly string[], input = ''): Promise<Ended> {
    const child = start(...args);
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin?.end(input);
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, stderr };
  }
  async function json<T>(...args: string[]): Promise<T> {
    const { stdout, stderr } = await jtp(['--json', ...args]);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as T;
  }
  /** A role that runs until the test ends it. */
  async function up(...args: string[]): Promise<ChildProcess> {
    const child = start(...args);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    cleanUps.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    for (let tries = 0; !ready.test(said); tries += 1) {
      if (tries > 300 || child.exitCode !== null) throw new Error(`${args[0]} did not come up: ${said}`);
      await rest(50);
    }
    return child;
  }
  return { data: env.JOB_PORTAL_DATA_DIR, folder: folder.path, jtp, json, up };
}

/** The child of a worker that starts its jobs: it is handed the journal. */
export function spawnerOf({ pid }: ChildProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('journal.jsonl'));
  if (found === undefined) throw new Error(`Worker ${pid} has no spawner.`);
  return found;
}

export async function until<T>(ask: () => Promise<T>, isIt: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const value = await ask();
    if (isIt(value)) return value;
    await rest(100);
  }
  throw new Error('it never came');
}

export interface RunShape {
  readonly state: string;
  readonly due_at: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly reason: string | null;
}
