/** Connections to PostgreSQL with the settings that every session of ours has. */
import type pg from 'pg';
import type { Millis } from '../../model/instant.ts';
import { systemClock } from '../../system/clock.ts';
import type { System } from '../../system/system.ts';
import type { OpenStoreOptions, SessionTimeouts } from '../store-options.ts';

type PgModule = typeof pg;

/** How long a new connection may take before the server counts as unreachable. */
const connectLimit: Millis = 5000;
const defaults = { statement: 8000, lock: 5000, idle: 15_000 } as const;
/** Of what may take its time: migrations, and the database's own housekeeping. */
export const patient = { statement: 30_000, lock: 10_000 } as const;
/** How long a server may take to hear of a connection's end. A silent one never does, and the socket would keep its process alive. */
const farewellMs: Millis = 1000;
/** How much longer than the server this side waits. A connection that died without a word is known by that. */
const answerMs: Millis = 1000;

const int8 = 20;
const numeric = 1700;
const json = 114;
const jsonb = 3802;

/** The driver, loaded only by those who use it: it is an optional peer of this package. */
export async function loadDriver(): Promise<PgModule> {
  const module = await import('pg');
  return module.default;
}

/** The driver's client, whose end does not wait for a server that is silent. */
export function clientOf({ Client }: PgModule): typeof Client {
  return class extends Client {
    override end(): Promise<void>;
    override end(ended: (error: Error) => void): void;
    override end(ended?: (error: Error) => void): Promise<void> | void {
      const cancel = systemClock().after(farewellMs, () => this.connection.stream.destroy());
      this.once('end', cancel);
      return ended === undefined ? super.end() : super.end(ended);
    }
  };
}

/**
 * JIT is off: on tables without statistics it made one claim ten times slower than the claim itself. Statements that find
 * all their rows by key are planned without the reading of whole tables: a hot table is empty in the planner's memory and
 * full when the plan is used, and then each of 500 rows was looked for by reading all of them. And they are planned once a
 * connection, whatever they are asked for: over a long backlog the server believed that it gained by planning each claim
 * anew, which took five times as long as the claim.
 */
function serverOptions(url: URL, { statement, lock, idle }: SessionTimeouts, byKey: boolean): string {
  const settings = {
    jit: 'off',
    ...(byKey ? { enable_seqscan: 'off', plan_cache_mode: 'force_generic_plan' } : {}),
    statement_timeout: statement ?? defaults.statement,
    lock_timeout: lock ?? defaults.lock,
    idle_in_transaction_session_timeout: idle ?? defaults.idle,
  };
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return [url.searchParams.get('options') ?? '', ...ours].join(' ').trim();
}

/** Whole numbers below 2^53 as numbers, JSON as its text; everything else as the driver has it. */
function typesOf({ types }: PgModule): pg.CustomTypesConfig {
  const parser = (oid: number): ((text: string) => unknown) => {
    if (oid === int8 || oid === numeric) return Number;
    return oid === json || oid === jsonb ? String : types.getTypeParser(oid, 'text');
  };
  return { getTypeParser: parser };
}

/** What a client or a pool is made with. `role` shows in the server's list of sessions. */
export function configOf(
  driver: PgModule,
  {
    url,
    role,
    timeouts = {},
    byKey = false,
  }: {
    readonly url: string;
    readonly role: string;
    readonly timeouts?: SessionTimeouts;
    /** Every statement finds its rows by key, and is planned once. Default false. */
    readonly byKey?: boolean;
  },
): pg.ClientConfig {
  const address = new URL(url);
  const options = serverOptions(address, timeouts, byKey);
  address.searchParams.delete('options');
  return {
    connectionString: address.href,
    options,
    application_name: `job-trigger ${role}`,
    connectionTimeoutMillis: timeouts.connect ?? connectLimit,
    query_timeout: (timeouts.statement ?? defaults.statement) + answerMs,
    keepAlive: true,
    // Statements of one moment travel together.
    pipeline: true,
    types: typesOf(driver),
  };
}

/** A pool whose broken connections are told to the log instead of ending the process. */
export function createPool(
  driver: PgModule,
  {
    url,
    role,
    max,
    system,
    timeouts,
    byKey = false,
  }: { readonly url: string; readonly role: string; readonly max: number; readonly system: System } & {
    readonly timeouts: OpenStoreOptions['roleTimeouts'];
    readonly byKey?: boolean;
  },
): pg.Pool {
  const pool = new driver.Pool({
    ...configOf(driver, { url, role, timeouts: timeouts ?? {}, byKey }),
    Client: clientOf(driver),
    max,
    idleTimeoutMillis: 60_000,
  });
  const tell = (error: Error): void =>
    system.log.warn('A connection to the database broke.', { role, error: error.message });
  pool.on('error', tell);
  pool.on('connect', (client) => client.on('error', tell));
  return pool;
}
