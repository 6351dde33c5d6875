/** Requests that come from this machine and are meant for it, as far as a request can show that. */
import type { IncomingMessage } from 'node:http';
import { JobTriggerError } from 'job-trigger-core';

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** What proxies add; one of them is enough to know that somebody else asks. */
const ofProxies = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
];

function hostIn(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

/**
 * A connection from loopback proves nothing by itself: a proxy has one too, and so has a page of another site in a
 * browser here. `Host` and where a page says it comes from must be this machine, and no header may tell of a proxy.
 */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const { host = '', referer, origin } = headers;
  return (
    loopback.test(socket.remoteAddress ?? '') &&
    loopbackHost.test(host) &&
    ofProxies.every((name) => headers[name] === undefined) &&
    [referer, origin].every((from) => from === undefined || hostIn(from) === host.toLowerCase())
  );
}

/** A browser says whether one of our pages asks; what is no browser says nothing. */
function isFromAnotherSite({ method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none' && method !== 'GET' && method !== 'HEAD';
}

/** @throws `forbidden` where nobody signs in, and who asks is not this machine */
export function refuseElsewhere(request: Pick<IncomingMessage, 'socket' | 'headers' | 'method'>): void {
  if (isFromThisMachine(request) && !isFromAnotherSite(request)) return;
  throw new JobTriggerError(
    'forbidden',
    'Nobody signs in here, so only requests of this machine are answered, by its own address and through no proxy.',
  );
}
