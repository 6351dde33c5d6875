import { CommandError, exitStatus } from './exit-status.ts';

/** A portal that cannot listen, told by the setting that would help; any other error as it is. */
export function listenFailure(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is taken. Choose another with JOB_PORTAL_PORT or --port.`,
    EACCES: `Port ${port} on ${host} is not allowed to this user. Choose another with JOB_PORTAL_PORT or --port.`,
    EADDRNOTAVAIL: `${host} is no address of this host. Choose another with JOB_PORTAL_HOST or --host.`,
    ENOTFOUND: `${host} is no address of this host. Choose another with JOB_PORTAL_HOST or --host.`,
  };
  const message = code === undefined ? undefined : words[code];
  return message === undefined ? error : new CommandError(exitStatus.usage, message);
}
