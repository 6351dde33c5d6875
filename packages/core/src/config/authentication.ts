import { JobTriggerError } from '../errors.ts';

interface Decided {
  readonly value: unknown;
  readonly source: string;
}

const loopback = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/i;

/** Whether an address to listen on is reached from its own machine alone. */
const isLoopbackHost = (host: string): boolean => loopback.test(host);

/** What leads to a portal from elsewhere; null where nothing does. */
function leadsIn(decided: ReadonlyMap<string, Decided>): string | null {
  const host = String(decided.get('server.host')?.value);
  if (!isLoopbackHost(host))
    return `can be false on loopback alone; server.host is ${host}. Listen on 127.0.0.1, or let people sign in.`;
  const proxies = decided.get('server.trusted_proxies')?.value;
  if (Array.isArray(proxies) && proxies.length > 0)
    return 'cannot be false behind a proxy; server.trusted_proxies names one.';
  const publicUrl = decided.get('server.public_url')?.value;
  if (typeof publicUrl !== 'string') return null;
  const name = URL.canParse(publicUrl) ? new URL(publicUrl).hostname.replaceAll(/^\[|\]$/g, '') : publicUrl;
  if (isLoopbackHost(name)) return null;
  return `cannot be false where server.public_url leads here from elsewhere (${publicUrl}).`;
}

/** Where nobody signs in, the machine is the boundary: nothing may lead into it. @throws `configuration_invalid` */
export function checkAuthentication(decided: ReadonlyMap<string, Decided>): void {
  const off = decided.get('security.authentication');
  const message = off?.value === false ? leadsIn(decided) : null;
  if (message === null) return;
  throw new JobTriggerError('configuration_invalid', `security.authentication (from ${off?.source}): ${message}`, {
    fields: [{ path: 'security.authentication', message }],
  });
}
