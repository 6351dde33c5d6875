/** The portal as a process of its own: it answers until it is told to end. */
import { createPortal, ensureAdministrator } from 'job-trigger-server';
import { openInstallation } from './assembly.ts';
import type { Context } from './context.ts';
import { processLog } from './process-log.ts';
import { readConfig } from './settings-source.ts';
import { baseAddress, setupAddress } from './setup-address.ts';
import { version } from './version.ts';

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

/** Serves until SIGTERM or SIGINT. `settings` are flags by key, as `server.port`. */
export async function runPortal(context: Context, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const config = readConfig(context.terminal, context.flags, settings);
  const ended = untilSignal();
  const log = processLog(context.terminal, context.flags.quiet === true ? 'warn' : 'info');
  const installation = await openInstallation(context.terminal, config, log);
  const token = await ensureAdministrator(installation);
  const app = await createPortal({
    operations: installation.operations,
    store: installation.store,
    system: installation.system,
    config,
    timezone: installation.zone,
    version,
  });
  await app.listen({ host: config.values.host, port: config.values.port });
  const address = app.server.address();
  const base = baseAddress({
    ...config.values,
    port: typeof address === 'object' && address !== null ? address.port : config.values.port,
  });
  context.terminal.stderr.write(
    token === null
      ? `Listening on ${base}\n`
      : `Listening on ${base}\nSet-up (once, for 30 min): ${setupAddress(base, token)}\n`,
  );
  await ended;
  await app.close();
  await installation.close();
}
