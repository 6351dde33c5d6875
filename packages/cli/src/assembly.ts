/** Puts one installation together from its settings: store, operations, and the folders they need. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  createOperations,
  openStore,
  realSystem,
  systemClock,
  type Config,
  type Logger,
  type Operations,
  type Store,
  type System,
} from 'job-trigger-core';
import { secretKey } from './secret-key.ts';
import { writeSamples } from './samples.ts';
import type { Terminal } from './terminal.ts';

export interface Installation {
  readonly config: Config;
  readonly system: System;
  readonly store: Store;
  readonly operations: Operations;
  readonly key: Uint8Array;
  readonly zone: string;
  close(): Promise<void>;
}

/** `JOB_PORTAL_TEST_NOW` sets the process's time, which then goes on from there; never in production. */
function testOffset(terminal: Terminal): number {
  const text = terminal.env['JOB_PORTAL_TEST_NOW'];
  if (text === undefined || text === '') return 0;
  const at = Date.parse(text);
  if (Number.isNaN(at) || terminal.env['NODE_ENV'] === 'production') {
    throw new RangeError('JOB_PORTAL_TEST_NOW must be an instant, and is refused in production.');
  }
  return at - Date.now();
}

/** The data folder is private: it holds the database, the key and the logs. */
function prepareFolders(config: Config): void {
  const { dataDir, scriptsDir } = config.values;
  const fresh = !existsSync(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (fresh) chmodSync(dataDir, 0o700);
  if (!existsSync(scriptsDir)) writeSamples(scriptsDir);
}

/** Opens an installation, bringing its schema up to date. The zone is written down at the first start. */
export async function openInstallation(terminal: Terminal, config: Config, log?: Logger): Promise<Installation> {
  const system = realSystem({ clock: systemClock({ offset: testOffset(terminal) }), ...(log === undefined ? {} : { log }) });
  prepareFolders(config);
  const key = secretKey(config.values.secretKey, config.values.dataDir);
  const store = await openStore({ url: config.values.databaseUrl, system, migrate: true });
  const zone = config.values.timezone ?? String(await store.settings.setOnce('timezone', Intl.DateTimeFormat().resolvedOptions().timeZone));
  const operations = createOperations({ store, system, config, defaultTimezone: zone });
  return { config, system, store, operations, key, zone, close: () => store.close() };
}

/** The name a worker or scheduler goes by unless it is given one. */
export function defaultName(suffix: string): string {
  return `${hostname()}-${suffix}`;
}
