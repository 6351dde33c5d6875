/** Two PostgreSQL servers of one test, one following the other asynchronously, for a failover that loses commits. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import pg from 'pg';
import { freePort, makeCluster, mend, nobody, ownFolder, programs, ready } from './postgres.ts';

export interface PostgresPair {
  readonly url: string;
  /** Resolves when the standby has everything so far; from then on it gets nothing more. */
  cutReplication(): Promise<void>;
  /** Kills the primary and promotes the standby. @returns its address */
  failOver(): Promise<string>;
  stop(): Promise<void>;
}

const settings = ['fsync=off', 'synchronous_commit=on', 'shared_buffers=32MB'];

export async function startPostgresPair(): Promise<PostgresPair> {
  const asRoot = process.getuid?.() === 0;
  const who = asRoot ? { uid: nobody, gid: nobody } : {};
  const folder = ownFolder(tmpdir(), asRoot);
  const home = programs(folder, asRoot);
  mend(home);
  const running = new Set<ChildProcess>();
  const remove = (): void => {
    for (const server of running) server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  const begin = async (data: string, port: number, own: readonly string[]): Promise<ChildProcess> => {
    const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder];
    const flags = [...settings, ...own].flatMap((setting) => ['-c', setting]);
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    const server = spawn(join(home, 'bin', 'postgres'), [...args, ...flags], {
      ...who,
      cwd: folder,
      stdio: [...stdio],
    });
    running.add(server);
    await ready(server);
    server.stderr?.resume();
    return server;
  };
  const end = async (server: ChildProcess, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
    running.delete(server);
  };

  const data = makeCluster(home, folder, who);
  const copy = join(folder, 'standby');
  spawnSync('cp', ['-a', data, copy]);
  writeFileSync(join(copy, 'standby.signal'), '');
  const [port, standbyPort] = [await freePort(), await freePort()];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const standbyUrl = `postgres://postgres@127.0.0.1:${standbyPort}/postgres`;
  const follows = [`primary_conninfo=host=127.0.0.1 port=${port} user=postgres`];
  const primary = await begin(data, port, []);
  let standby = await begin(copy, standbyPort, follows);

  return {
    url,
    async cutReplication() {
      const written = await ask(url, 'SELECT pg_current_wal_lsn()::text AS value');
      const caughtUp = `SELECT coalesce(pg_last_wal_replay_lsn() >= '${String(written)}'::pg_lsn, false) AS value`;
      while ((await ask(standbyUrl, caughtUp)) !== true) await rest(20);
      await end(standby, 'SIGINT');
    },
    async failOver() {
      await end(primary, 'SIGQUIT');
      standby = await begin(copy, standbyPort, follows);
      await ask(standbyUrl, 'SELECT pg_promote(true, 30) AS value');
      return standbyUrl;
    },
    async stop() {
      process.removeListener('exit', remove);
      await Promise.all([...running].map((server) => end(server, 'SIGQUIT')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<{ value: unknown }>(text)).rows[0]?.value;
  } finally {
    await client.end();
  }
}
