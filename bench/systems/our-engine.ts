/** Our engine in this process, through the library's own entrance. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import {
  createEngine,
  loadConfig,
  openStore,
  realSystem,
  silentLogger,
  type Engine,
  type Logger,
  type Store,
} from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import type { Order } from '../child.ts';

export interface OurOptions {
  readonly order: Order;
  readonly functions?: ReadonlyMap<
    string,
    (context: { readonly parameters: Readonly<Record<string, unknown>> }) => unknown
  >;
  readonly roles?: { readonly scheduler: boolean; readonly worker: boolean };
  /** Runs at once. */
  readonly slots: number;
  readonly name?: string;
}

/** In the bench only: what a SQLite file costs whose last commits may be lost with the power. The product never does. */
function loosen(): void {
  const exec = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')?.value as (
    this: unknown,
    sql: string,
  ) => void;
  DatabaseSync.prototype.exec = function loosened(sql: string): void {
    exec.call(this, sql.replace('synchronous = FULL', 'synchronous = NORMAL'));
  };
}

/** Warnings and errors go to stderr, which the scenario shows when the process fails. */
const complaints: Logger = {
  ...silentLogger,
  warn: (message, fields) => process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`),
  error: (message, fields) => process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`),
  child: () => complaints,
};
const system = realSystem({ log: complaints });
/** The program that an installation starts (`prebench` builds it): one file, and not forty of TypeScript. */
const spawnerPath = join(import.meta.dirname, '../../packages/cli/built/spawner.cjs');

/** Ten connections, as the peers have. */
export async function openOurStore({ url, loose, pool = 10 }: Order): Promise<Store> {
  if (loose === true) loosen();
  return openStore({ url, system, migrate: true, pool: Number(pool) });
}

/** Made, not started: what happens at its start is part of what is measured. */
export function ourEngine(store: Store, options: OurOptions): Promise<Engine> {
  const { order, roles = { scheduler: false, worker: true }, slots, name = 'bench', functions = new Map() } = options;
  const given = order['folder'];
  const folder = typeof given === 'string' ? given : mkdtempSync(join(tmpdir(), 'jtp-bench-ours-'));
  mkdirSync(folder, { recursive: true });
  const config = loadConfig({
    file: null,
    env: { JOB_PORTAL_DATA_DIR: folder, JOB_PORTAL_WORKER_MAX_CONCURRENT: String(slots) },
    flags: {},
    cwd: folder,
    readFile: () => '',
  });
  return createEngine({ store, system, config, roles, name, version: '0', hostEnv: {}, functions, spawnerPath });
}

/** A job whose runs call the function `work`, any number at once. @returns its id */
export async function makeWorkJob(store: Store, definition: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const [id = 0] = await store.ids(1);
  const createdAt = await store.now();
  const job = factories.job({
    id,
    createdAt,
    definition: {
      type: 'function',
      config: { name: 'work' },
      name: `work ${id}`,
      overlap: 'allow',
      maxConcurrent: null,
      ...definition,
    } as never,
  });
  await store.transaction((tables) => tables.jobs.insert(job, null));
  return id;
}

/** Rows of the history that a drain must leave behind, counted beside the product. */
export async function countHistory(
  url: string,
): Promise<Readonly<Record<'succeeded' | 'attempts' | 'events' | 'left', number>>> {
  const count = `SELECT (SELECT count(*) FROM runs WHERE state = 'succeeded') AS succeeded, (SELECT count(*) FROM attempts) AS attempts,
    (SELECT count(*) FROM events WHERE kind = 'run.succeeded') AS events,
    (SELECT count(*) FROM queue) + (SELECT count(*) FROM leases) AS "left"`;
  const row = url.startsWith('sqlite:')
    ? countInFile(url.slice('sqlite:'.length), count)
    : await countOnServer(url, count);
  const { succeeded, attempts, events, left } = row;
  return { succeeded: Number(succeeded), attempts: Number(attempts), events: Number(events), left: Number(left) };
}

type Row = Readonly<Record<string, unknown>>;

function countInFile(path: string, sql: string): Row {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare(sql).get() ?? {};
  database.close();
  return row;
}

async function countOnServer(connectionString: string, sql: string): Promise<Row> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<Row>(sql);
  await client.end();
  return rows[0] ?? {};
}
