/** The long-running roles: portal, scheduler, worker, alone or together in one process. */
import { hostname } from 'node:os';
import { eventMessage } from 'job-trigger-contract/mapping';
import { createEngine, SettingsKeeper, Watch, type Engine, type Logger } from 'job-trigger-core';
import { openInstallation, type Installation } from './assembly.ts';
import { collectOnce } from './collect-once.ts';
import { tell, type Context } from './context.ts';
import { fillDemo } from './demo.ts';
import { listenFailure } from './listen-failure.ts';
import { pagesFolder } from './pages-folder.ts';
import { processLog } from './process-log.ts';
import { configFileOf, readConfig } from './settings-source.ts';
import { baseAddress, setupHint } from './setup-token.ts';
import { spawnerBeside } from './spawner-beside.ts';
import { wordsOfUnknown } from './unknown-variables.ts';
import { version } from './version.ts';

export interface ProcessOptions {
  readonly portal: boolean;
  readonly scheduler: boolean;
  readonly worker: boolean;
  /** One pass of scheduler or worker, then the end. */
  readonly once: boolean;
  /** Null for the host's name. */
  readonly name: string | null;
  /** Null for what the settings say. */
  readonly queues: readonly string[] | null;
  readonly labels: readonly string[] | null;
  /** Flags by key, as `server.port`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Two signals: the first asks to finish what runs, the second does not wait. */
function signals(): { readonly first: Promise<void>; readonly second: Promise<void> } {
  const heard: (() => void)[] = [];
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      heard.push(resolve);
    });
  const both = { first: next(), second: next() };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => heard.shift()?.());
  return both;
}

interface OpenPortal {
  /** Says where it is reached. */
  announce(): void;
  close(): Promise<void>;
}

async function openPortal(context: Context, installation: Installation): Promise<OpenPortal> {
  const { config } = installation;
  const { createPortal, ensureAdministrator } = await import('job-trigger-server');
  const token = await ensureAdministrator(installation);
  const app = await createPortal({
    operations: installation.operations,
    store: installation.store,
    system: installation.system,
    config,
    timezone: installation.zone,
    version,
    pages: pagesFolder(),
    ballast: installation.ballast,
    configFile: configFileOf(context.terminal, context.flags),
  });
  collectOnce();
  const { host, port: wanted } = config.values;
  await app.listen({ host, port: wanted }).catch((error: unknown) => {
    throw listenFailure(error, config.values);
  });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : wanted;
  const base = baseAddress({ ...config.values, port });
  const unguarded = config.values.authentication
    ? ''
    : 'Authentication is off: whoever uses this machine acts as the first administrator.\n';
  const setUp = token === null ? '' : `${setupHint(base, token)}\n`;
  return {
    announce: () => void context.terminal.stderr.write(`Listening on ${base}\n${setUp}${unguarded}`),
    close: () => app.close(),
  };
}

function buildEngine(context: Context, installation: Installation, options: ProcessOptions): Promise<Engine> {
  return createEngine({
    store: installation.store,
    system: installation.system,
    config: installation.config,
    roles: { scheduler: options.scheduler, worker: options.worker },
    name: options.name ?? hostname(),
    version,
    queues: options.queues ?? installation.config.values.workerQueues,
    labels: options.labels ?? installation.config.values.workerLabels,
    jobTypes: installation.operations.jobTypes,
    hostEnv: context.terminal.env,
    ballast: installation.ballast,
    spawnerPath: spawnerBeside(),
    messageOf: eventMessage,
  });
}

/** A portal alone has no engine, and is all the more the one that notices a dead scheduler; it heeds settings by itself. @returns what ends it */
function startWatch({ store, system, ballast, config }: Installation): () => Promise<void> {
  const { values } = config;
  const watch = new Watch({ store, system, settings: values.engine, dataDir: values.dataDir, ballast });
  const keeper = new SettingsKeeper({ store, system, config });
  watch.start();
  keeper.start();
  return async () => {
    await keeper.stop();
    await watch.stop();
  };
}

/**
 * Timers of the engine keep no process alive, and neither does a handler of signals. Portal, spawner and PostgreSQL do
 * by their sockets; a scheduler on SQLite has none, and the others may lose theirs for a while.
 */
function stayAlive(): () => void {
  const timer = setInterval(() => undefined, 2 ** 30);
  return () => clearInterval(timer);
}

async function stopEngine(engine: Engine, again: Promise<void>, log: Logger): Promise<void> {
  const drained = engine.stop({ now: false });
  const impatient = await Promise.race([drained.then(() => false), again.then(() => true)]);
  if (!impatient) return;
  log.warn('stopping now');
  await engine.stop({ now: true });
}

/** Runs the roles until SIGTERM or SIGINT. */
export async function runProcess(context: Context, options: ProcessOptions): Promise<void> {
  const release = stayAlive();
  try {
    await runRoles(context, options);
  } finally {
    release();
  }
}

/** Beside everything else: a plugin whose provider is slow holds nothing up. */
async function provision({ operations }: Installation, log: Logger): Promise<void> {
  try {
    for (const { type, jobs, problem } of await operations.provisioning.provision(null))
      log.info('plugin asked for its jobs', { type, jobs: jobs.length, problem });
  } catch (error) {
    log.error('plugins could not be asked for their jobs', { error: (error as Error).message });
  }
}

/**
 * The portal first: a port that is taken is known before any work begins. Without one of its parts the whole process is
 * not what was asked for: nothing may go on in the background.
 * @returns the portal; null without one
 */
async function startAll(
  context: Context,
  installation: Installation,
  { engine, portal, log }: { readonly engine: Engine | null; readonly portal: boolean; readonly log: Logger },
): Promise<OpenPortal | null> {
  let opened: OpenPortal | null = null;
  try {
    opened = portal ? await openPortal(context, installation) : null;
    if (portal && installation.config.values.demo) await fillDemo(installation, log);
    await engine?.start();
    opened?.announce();
    if (portal) void provision(installation, log);
    return opened;
  } catch (error) {
    await engine?.stop({ now: true });
    await opened?.close();
    await installation.close();
    throw error;
  }
}

async function runRoles(context: Context, options: ProcessOptions): Promise<void> {
  const config = await readConfig(context.terminal, context.flags, options.settings);
  for (const words of wordsOfUnknown(context.terminal)) tell(context, words);
  const { first, second } = signals();
  const log = processLog(context.terminal, context.flags.quiet === true ? 'warn' : 'info');
  const installation = await openInstallation(context.terminal, config, log);
  await installation.operations.secrets.prove().catch(async (error: unknown) => {
    await installation.close();
    throw error;
  });
  const engine = options.scheduler || options.worker ? await buildEngine(context, installation, options) : null;
  if (engine !== null && options.once) {
    await engine.once();
    await installation.close();
    return;
  }
  installation.ballast.start();
  const portal = await startAll(context, installation, { engine, portal: options.portal, log });
  const stopWatching = engine === null ? startWatch(installation) : () => Promise.resolve();
  await first;
  log.info('stopping');
  await stopWatching();
  if (engine !== null) await stopEngine(engine, second, log);
  await portal?.close();
  await installation.close();
}
