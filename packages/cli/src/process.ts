/** The long-running roles: portal, scheduler, worker, alone or together in one process. */
import { createEngine } from 'job-trigger-core';
import { createPortal, ensureAdministrator } from 'job-trigger-server';
import { defaultName, openInstallation, type Installation } from './assembly.ts';
import type { Context } from './context.ts';
import { pageFolder } from './page-folder.ts';
import { processLog } from './process-log.ts';
import { readConfig } from './settings-source.ts';
import { baseAddress, setupAddress } from './setup-address.ts';
import { version } from './version.ts';

export interface Roles {
  readonly portal: boolean;
  readonly scheduler: boolean;
  readonly worker: boolean;
}

export interface ProcessOptions {
  readonly roles: Roles;
  readonly demo: boolean;
  readonly once: boolean;
  readonly name: string | null;
  readonly queues: readonly string[] | null;
  readonly labels: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Something that runs until it is stopped. A second stop does not wait. */
interface Running {
  stop(now: boolean): Promise<void>;
}

async function startPortal(context: Context, installation: Installation): Promise<Running> {
  const { config } = installation;
  const token = await ensureAdministrator(installation);
  const app = await createPortal({
    operations: installation.operations,
    store: installation.store,
    system: installation.system,
    config,
    secretKey: installation.key,
    timezone: installation.zone,
    version,
    staticDir: pageFolder(),
  });
  await app.listen({ host: config.values.host, port: config.values.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.values.port;
  const base = baseAddress({ ...config.values, port });
  context.terminal.stderr.write(
    token === null ? `Open  ${base}\n` : `Open  ${setupAddress(base, token)}   (once, for 30 min)\n`,
  );
  return { stop: () => app.close() };
}

function waitForEnd(): { ended: Promise<void>; again: Promise<void> } {
  let first: () => void;
  let second: () => void;
  const ended = new Promise<void>((resolve) => (first = resolve));
  const again = new Promise<void>((resolve) => (second = resolve));
  let count = 0;
  const heard = (): void => (++count === 1 ? first() : second());
  process.on('SIGTERM', heard);
  process.on('SIGINT', heard);
  return { ended, again };
}

/** Starts the roles and runs until SIGTERM or SIGINT; the first drains, the second ends at once. */
export async function runProcess(context: Context, options: ProcessOptions): Promise<void> {
  const config = readConfig(context.terminal, context.flags, options.settings);
  const log = processLog(context.terminal, context.flags.quiet === true ? 'warn' : 'info');
  const signals = waitForEnd();
  const installation = await openInstallation(context.terminal, config, log);
  const running: Running[] = [];
  const engine =
    options.roles.scheduler || options.roles.worker
      ? await createEngine({
          store: installation.store,
          system: installation.system,
          config,
          roles: { scheduler: options.roles.scheduler, worker: options.roles.worker },
          name: options.name ?? defaultName(options.roles.worker && options.roles.scheduler ? 'start' : options.roles.worker ? `worker-${process.pid}` : `scheduler-${process.pid}`),
          version,
          ...(options.queues === null ? {} : { queues: options.queues }),
          labels: options.labels,
          hostEnv: context.terminal.env,
        })
      : null;
  if (options.demo) await installation.operations.demo.fill();
  if (options.once && engine !== null) {
    await engine.once();
    await installation.close();
    return;
  }
  if (engine !== null) {
    await engine.start();
    running.push({ stop: (now) => engine.stop({ now }) });
  }
  if (options.roles.portal) running.unshift(await startPortal(context, installation));
  await signals.ended;
  log.info('stopping');
  const stopped = Promise.all(running.map((part) => part.stop(false)));
  await Promise.race([stopped, signals.again]);
  await Promise.all(running.map((part) => part.stop(true)));
  await installation.close();
}
