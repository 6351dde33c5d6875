import { JobTriggerError } from '../errors.ts';

interface Decided {
  readonly value: unknown;
  readonly source: string;
}

const loopback = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/i;

/** Whether an address to listen on is reached from its own machine alone. */
export const isLoopbackHost = (host: string): boolean => loopback.test(host);

/** Where nobody signs in, the machine is the boundary: nothing may lead into it. @throws `configuration_invalid` */
export function checkAuthentication(decided: ReadonlyMap<string, Decided>): void {
  const off = decided.get('security.authentication');
  if (off?.value !== false) return;
  const refuse = (message: string): never => {
    throw new JobTriggerError('configuration_invalid', `security.authentication (from ${off.source}): ${message}`, {
      fields: [{ path: 'security.authentication', message }],
    });
  };
  const host = String(decided.get('server.host')?.value);
  if (!isLoopbackHost(host))
    refuse(`can be false on loopback alone; server.host is ${host}. Listen on 127.0.0.1, or let people sign in.`);
  const proxies = decided.get('server.trusted_proxies')?.value;
  if (Array.isArray(proxies) && proxies.length > 0)
    refuse('cannot be false behind a proxy; server.trusted_proxies names one.');
  const publicUrl = decided.get('server.public_url')?.value;
  if (typeof publicUrl !== 'string') return;
  const name = URL.canParse(publicUrl) ? new URL(publicUrl).hostname.replace(/^\[|\]$/g, '') : publicUrl;
  if (!isLoopbackHost(name))
    refuse(`cannot be false where server.public_url leads here from elsewhere (${publicUrl}).`);
}
