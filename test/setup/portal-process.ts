import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { freshDir } from './databases.ts';
import { program } from './program.ts';

export const administrator = { email: 'mei@example.org', password: 'correct horse battery' } as const;

export interface PortalProcess {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly base: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything it has said on standard error. */
  said(): string;
  stop(): Promise<void>;
}

interface PortalOptions {
  /** An administrator from the start; otherwise the installation waits for its set-up. */
  readonly administrator: boolean;
  /** `start` unless said otherwise. */
  readonly role?: 'start' | 'portal';
  readonly env?: Readonly<Record<string, string>>;
  /** A free one unless said otherwise. */
  readonly port?: number;
  /** Called with the data folder before the start. */
  readonly prepare?: (dataDir: string) => Promise<void>;
}

const searchPath = process.env['PATH'] ?? '';

const administratorEnv = {
  JOB_PORTAL_ADMIN_EMAIL: administrator.email,
  JOB_PORTAL_ADMIN_PASSWORD: administrator.password,
};

/** A real `jtp start` (or `jtp portal`) on a fresh folder and a free port. */
export async function startPortal({
  administrator: known,
  role = 'start',
  env = {},
  port = 0,
  prepare,
}: PortalOptions): Promise<PortalProcess> {
  const folder = freshDir('jtp-portal');
  const dataDir = join(folder.path, 'data');
  mkdirSync(join(dataDir, 'scripts'), { recursive: true, mode: 0o700 });
  await prepare?.(dataDir);
  const child = spawn(process.execPath, [program, role, '--port', String(port)], {
    cwd: folder.path,
    env: {
      PATH: searchPath,
      HOME: folder.path,
      JOB_PORTAL_DATA_DIR: dataDir,
      JOB_PORTAL_BALLAST_MB: '0',
      ...(known ? administratorEnv : {}),
      ...env,
    },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  async function stop(): Promise<void> {
    await ended(child);
    folder.remove();
  }
  const base = await addressOf(child, () => said);
  if (base !== null) return { base, dataDir, pid: child.pid ?? 0, said: () => said, stop };
  await stop();
  throw new Error(`The portal did not come up: ${said}`);
}

/** Where it listens; null when it ended before it did, or never did within a minute. */
async function addressOf(child: ChildProcess, said: () => string): Promise<string | null> {
  for (let tries = 0; tries < 1200 && child.exitCode === null; tries += 1) {
    const address = /Listening on (http:\/\/\S+?)\/?\s/.exec(said())?.[1];
    if (address !== undefined) return address;
    await rest(50);
  }
  return null;
}

/** Asked to end, and made to when it takes longer than it should. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  if ((await Promise.race([exit, rest(8000, 'late', { ref: false })])) === 'late') child.kill('SIGKILL');
  await exit;
}
