/** An installation in five processes on one machine, as a round needs it: its folder, its database, its roles. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createClient, fetchTransport, type Client } from 'job-trigger-contract';
import pg from 'pg';
import { freshDir } from '../setup/databases.ts';
import { tcpProxy, type TcpProxy } from '../setup/tcp-proxy.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { startOwnPostgres, type OwnPostgres } from '../setup/postgres.ts';
import { Role } from './role.ts';
import { witnessScript } from './witness.ts';

const administrator = { email: 'mei@example.org', password: 'correct horse battery' };

export interface Installation {
  readonly database: 'sqlite' | 'postgres';
  readonly folder: string;
  /** Where the jobs tell of themselves. */
  readonly witness: string;
  readonly portal: Role;
  readonly schedulers: readonly [Role, Role];
  readonly workers: readonly [Role, Role];
  /** The five above. */
  readonly roles: readonly Role[];
  /** `jtp start`: all of them in one process, instead of the five. */
  readonly together: Role;
  /** Signed in; `timeoutMs` bounds a call. */
  client(timeoutMs?: number): Promise<Client>;
  /** Ends every connection to PostgreSQL but one's own. */
  cutConnections(): Promise<void>;
  restartDatabase(awayMs: number): Promise<void>;
  /** Sets the wall clock of every process, and of the database, so far ahead of the machine's. */
  setClock(offsetMs: number): Promise<void>;
  /** The way to PostgreSQL; null on SQLite. */
  readonly network: TcpProxy | null;
  /** What the data folder lies on; null where this machine lets nobody mount one. */
  readonly disk: SmallDisk | null;
  integrity(): Promise<string>;
  /** Ends what still lives and takes the folder away. */
  close(): Promise<void>;
}

/** Thresholds as low as they may be, so that a short round meets all of them. */
const settings = {
  JOB_PORTAL_TIMEZONE: 'UTC',
  JOB_PORTAL_RATE_PER_MINUTE: '0',
  JOB_PORTAL_SCHEDULER_POLL_INTERVAL: '1',
  JOB_PORTAL_WORKER_POLL_INTERVAL: '0.5',
  JOB_PORTAL_WORKER_MAX_POLL_INTERVAL: '2',
  JOB_PORTAL_WORKER_HEARTBEAT_INTERVAL: '1.5',
  JOB_PORTAL_WORKER_LEASE: '5',
  JOB_PORTAL_WORKER_LOST_AFTER: '20',
  JOB_PORTAL_WORKER_OFFLINE_THRESHOLD: '20',
  JOB_PORTAL_WORKER_DRAIN: '1',
};

/** The database's clock, as the product reads it. */
const shiftedNow = (offsetMs: number): string =>
  `CREATE OR REPLACE FUNCTION now_ms() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + ${offsetMs} $$`;

/** A password is checked slowly on purpose, on a busy machine for seconds. */
async function signIn(base: string): Promise<string> {
  const client = createClient(fetchTransport({ base, timeoutMs: 30_000 }));
  return (await client.login({ body: administrator })).access_token;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Takes away what an installation consists of, the last thing first. */
type Undo = (() => unknown)[];

/** What is open, and what is being closed. */
const open = new Map<Undo, Promise<void> | null>();

async function takeAway(undo: Undo): Promise<void> {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  open.delete(undo);
}

function close(undo: Undo): Promise<void> {
  const closing = open.get(undo) ?? takeAway(undo);
  open.set(undo, closing);
  return closing;
}

/** A harness that is asked to end leaves no process, no mount and no folder behind. */
export function closeOnSignals(): void {
  const statuses = { SIGTERM: 143, SIGINT: 130 } as const;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      // What is going on fails now that its processes are gone, and must not end this before it is done.
      process.on('uncaughtException', () => undefined);
      void Promise.allSettled([...open.keys()].map(close)).finally(() => process.exit(statuses[signal]));
    });
}

/** @param own settings that stand in for the low thresholds */
export async function openInstallation(
  database: 'sqlite' | 'postgres',
  own: Readonly<Record<string, string>> = settings,
): Promise<Installation> {
  const undo: Undo = [];
  open.set(undo, null);
  try {
    return await build(database, own, undo);
  } catch (error) {
    await close(undo);
    throw error;
  }
}

async function build(
  database: Installation['database'],
  own: Readonly<Record<string, string>>,
  undo: Undo,
): Promise<Installation> {
  const place = freshDir('jtp-chaos');
  undo.push(() => place.remove());
  const folder = place.path;
  const [data, witness, logs] = ['data', 'witness', 'logs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(data, { mode: 0o700 });
  const disk = mountSmallDisk(data);
  undo.push(() => disk?.unmount());
  for (const path of [join(data, 'scripts'), witness, logs]) mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'scripts', 'witness.sh'), witnessScript, { mode: 0o700 });
  const server: OwnPostgres | null = database === 'postgres' ? await startOwnPostgres() : null;
  undo.push(() => server?.stop());
  const network = server === null ? null : await tcpProxy(server.url);
  undo.push(() => network?.close());
  const file = join(data, 'portal.db');
  const port = await freePort();
  const env = {
    ...own,
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CHAOS_CLOCK: join(folder, 'clock'),
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    JOB_PORTAL_DATA_DIR: data,
    JOB_PORTAL_DB_URL: network?.url ?? `sqlite:${file}`,
    JOB_PORTAL_ADMIN_EMAIL: administrator.email,
    JOB_PORTAL_ADMIN_PASSWORD: administrator.password,
  };
  const role = (name: string, args: readonly string[], ready: RegExp): Role =>
    new Role({ name, args, ready, env, cwd: folder, log: join(logs, `${name}.log`) });
  const portal = role('portal', ['portal', '--port', String(port)], /Listening on/);
  const scheduler = (name: string): Role => role(name, ['scheduler', '--name', name], /scheduler started/);
  const worker = (name: string): Role =>
    role(
      name,
      ['worker', '--name', name, '--slots', '4'],
      /worker registered[\s\S]*spawner started|spawner started[\s\S]*worker registered/,
    );
  const schedulers = [scheduler('scheduler-a'), scheduler('scheduler-b')] as const;
  const workers = [worker('worker-a'), worker('worker-b')] as const;
  const roles = [portal, ...schedulers, ...workers];
  const together = role('together', ['start', '--port', String(port)], /Listening on/);
  undo.push(() => Promise.all([...roles, together].map((each) => each.close())));
  const base = `http://127.0.0.1:${port}`;

  async function ask(sql: string): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: server?.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  }

  return {
    database,
    folder,
    witness,
    portal,
    schedulers,
    workers,
    roles,
    together,
    async client(timeoutMs = 10_000) {
      const token = await signIn(base);
      return createClient(fetchTransport({ base, timeoutMs, headers: { authorization: `Bearer ${token}` } }));
    },
    async cutConnections() {
      await ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
    },
    async restartDatabase(awayMs) {
      await server?.restart(awayMs);
    },
    async setClock(offsetMs) {
      writeFileSync(`${env.CHAOS_CLOCK}.new`, `${offsetMs}\n`);
      renameSync(`${env.CHAOS_CLOCK}.new`, env.CHAOS_CLOCK);
      if (server !== null) await ask(shiftedNow(offsetMs));
    },
    network,
    disk,
    async integrity() {
      if (server !== null) {
        // Every index of every table of ours is read against its table.
        await ask('CREATE EXTENSION IF NOT EXISTS amcheck');
        await ask(
          "SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace",
        );
        return 'ok';
      }
      const open = new DatabaseSync(file, { readOnly: true });
      try {
        const rows = open.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
        return rows.map((row) => row.integrity_check).join('; ');
      } finally {
        open.close();
      }
    },
    close: () => close(undo),
  };
}
