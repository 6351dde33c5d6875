import type { Context } from './context.ts';
import { CommandError, exitStatus } from './exit-status.ts';
import { readConfig } from './settings-source.ts';

/** What a person does with the token, told where it is printed. Behind the `#`, no log keeps it. */
export function setupHint(base: string, token: string): string {
  return `Open  ${base.replace(/\/+$/, '')}/setup#token=${token}
The link creates the first administrator; it works once, for 30 min.`;
}

/** Where the portal of these settings is reached from this host. */
export function baseAddress(values: {
  readonly publicUrl: string | null;
  readonly host: string;
  readonly port: number;
}): string {
  if (values.publicUrl !== null) return values.publicUrl;
  const host = values.host === '0.0.0.0' || values.host === '::' ? '127.0.0.1' : values.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${values.port}`;
}

/** A fresh one-time token; the former one is void. @throws CommandError status 4 when set-up is over */
export async function newSetupToken(context: Context): Promise<{ readonly token: string; readonly base: string }> {
  const config = await readConfig(context.terminal, context.flags);
  const [{ issueSetupToken }, { openInstallation }] = await Promise.all([
    import('job-trigger-server'),
    import('./assembly.ts'),
  ]);
  const installation = await openInstallation(context.terminal, config);
  try {
    const token = await issueSetupToken(installation);
    if (token === null)
      throw new CommandError(exitStatus.notPermitted, 'Set-up is over: an administrator exists.', 'Sign in instead.');
    return { token, base: baseAddress(config.values) };
  } finally {
    await installation.close();
  }
}
