import type pg from 'pg';
import type { System } from '../../system/system.ts';
import { migrations } from '../migrations/index.ts';
import { checkVersion, type MigrationOutcome, type MigrationStatus } from '../schema-version.ts';
import type { OpenStoreOptions, SessionTimeouts } from '../store-options.ts';
import type { Store } from '../store.ts';
import { clientOf, configOf, createPool, loadDriver, patient } from './connections.ts';
import { ours } from './errors.ts';
import { applyMigrations, postgresVersion } from './migrate.ts';
import { queryOn, type Query } from './session.ts';
import { postgresStore } from './store.ts';

const defaultPool = 5;

async function connectTo(url: string, role: string, timeouts: SessionTimeouts = {}): Promise<pg.Client> {
  const driver = await loadDriver();
  const Client = clientOf(driver);
  const client = new Client(configOf(driver, { url, role, timeouts }));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw ours(error);
  }
}

/** One connection for the time of `work`. */
async function withClient<T>(url: string, follow: System | null, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await connectTo(url, 'migration', patient);
  try {
    return await work(queryOn(client, follow?.clock ?? null));
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function openPostgres(url: string, options: OpenStoreOptions): Promise<Store> {
  const { system, roleTimeouts: timeouts } = options;
  const followed = options.databaseFollowsClock === true ? system : null;
  await withClient(url, followed, async (query) => {
    if (options.migrate === true) await applyMigrations(query, migrations);
    checkVersion(await postgresVersion(query));
  });
  const driver = await loadDriver();
  return postgresStore({
    pool: createPool(driver, { url, role: 'store', max: options.pool ?? defaultPool, system, timeouts }),
    // Two batches of results are written at a time, and starts stand behind neither.
    hot: createPool(driver, { url, role: 'dispatch', max: 3, system, timeouts, byKey: true }),
    heart: createPool(driver, { url, role: 'heartbeat', max: 1, system, timeouts }),
    connect: (role) => connectTo(url, role),
    system,
    follow: followed?.clock ?? null,
    settle: options.settle,
  });
}

export function migratePostgres(url: string): Promise<MigrationOutcome> {
  return withClient(url, null, async (query) => {
    const outcome = await applyMigrations(query, migrations);
    checkVersion(outcome.to);
    return outcome;
  });
}

export function postgresStatus(url: string): Promise<MigrationStatus> {
  return withClient(url, null, async (query) => {
    const current = await postgresVersion(query);
    const pending = migrations.filter(({ number }) => number > current).map(({ name }) => name);
    return { current, latest: migrations.length, pending };
  });
}
