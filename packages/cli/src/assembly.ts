/** Puts one installation together from its settings: store, operations, and the folders they need. */
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  Ballast,
  createOperations,
  hostZone,
  loadPlugins,
  openStore,
  planDue,
  realSystem,
  ScriptLook,
  systemClock,
  type Config,
  type Logger,
  type Operations,
  type Store,
  type System,
} from 'job-trigger-core';
import { exitStatus } from './exit-status.ts';
import { writeSamples } from './samples.ts';
import type { Terminal } from './terminal.ts';

export interface Installation {
  readonly config: Config;
  readonly system: System;
  readonly store: Store;
  readonly operations: Operations;
  readonly zone: string;
  /** Room kept for a full disk; it stands still until it is started. */
  readonly ballast: Ballast;
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
  if (!existsSync(scriptsDir) || readdirSync(scriptsDir).length === 0) writeSamples(scriptsDir);
}

/** Nothing more is written or closed in order: closing would sync again, and be told that all is well. */
function endUnsynced(terminal: Terminal, error: Error): never {
  terminal.stderr.write(`The disk did not store a commit (${error.message}). Ending at once; a restart recovers.\n`);
  process.exit(exitStatus.failed);
}

/** Opens an installation, bringing its schema up to date. The zone is written down at the first start. */
export async function openInstallation(terminal: Terminal, config: Config, log?: Logger): Promise<Installation> {
  const system = realSystem({
    clock: systemClock({ offset: testOffset(terminal) }),
    ...(log === undefined ? {} : { log }),
  });
  prepareFolders(config);
  const ballast = new Ballast({ system, folder: config.values.dataDir, bytes: config.values.ballastBytes });
  const store = await openStore({
    url: config.values.databaseUrl,
    system,
    migrate: true,
    makeRoom: () => ballast.letGo(),
    syncFailed: (error) => endUnsynced(terminal, error),
  });
  const problem = config.heed(await store.pageSettings.all());
  if (problem !== null) system.log.error('what the settings page says is left out', { problem });
  const zone = config.values.timezone ?? String(await store.settings.setOnce('timezone', hostZone()));
  const { values } = config;
  const jobTypes = await loadPlugins({
    sources: values.plugins,
    cwd: terminal.cwd,
    nodePath: process.execPath,
    path: terminal.env['PATH'] ?? '',
  });
  for (const { source, problem } of jobTypes.plugins)
    if (problem !== null) system.log.error('plugin left out: jobs of its types wait', { plugin: source, problem });
  const scriptRules = { allowedExtensions: values.allowedExtensions, maxBytes: values.scriptMaxBytes };
  const look = values.requireScriptApproval
    ? new ScriptLook(values.scriptsDir, scriptRules, values.scriptApprovals)
    : undefined;
  const operations = createOperations({
    store,
    system,
    dataDir: values.dataDir,
    scriptsDir: values.scriptsDir,
    defaultTimezone: zone,
    allowCommand: values.allowCommand,
    outgoingAllow: values.outgoingAllow,
    secretKey: values.secretKey,
    formerSecretKey: values.formerSecretKey,
    secretProviders: { ...values.secretProviders, env: terminal.env },
    scriptRules,
    look,
    ...(values.allowScriptEditing ? { scriptEditing: { host: hostname(), isShared: values.scriptsShared } } : {}),
    retryDefaults: values.engine.retry,
    breaker: values.engine.breaker,
    planDue: (jobId) => planDue({ store, settings: values.engine, look }, jobId),
    lostAfterMs: values.engine.lostAfterMs,
    pace: values.engine,
    jobTypes,
    artifacts: values.engine.artifacts,
    quotas: values.quotas,
  });
  return {
    config,
    system,
    store,
    operations,
    zone,
    ballast,
    async close() {
      await ballast.stop();
      await store.close();
    },
  };
}
