import type { IncomingMessage } from 'node:http';
import type { AllowList } from './address.ts';
import { checkAddress, guardedAgent, type AddressResolver } from './http-connection.ts';
import { http, https } from './node-http.ts';

export interface OutgoingRequest {
  readonly url: URL;
  readonly allowed: AllowList;
  /** Default: the system's. */
  readonly resolve?: AddressResolver | undefined;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/**
 * One request over a connection of its own, to an address that is checked again once it is connected. Redirects are not
 * followed. @returns the answer as soon as its head is there @throws `BlockedAddressError`, or what the connection failed with
 */
export function sendRequest({
  url,
  allowed,
  resolve: resolver,
  method,
  headers,
  body,
  signal,
}: OutgoingRequest): Promise<IncomingMessage> {
  const agent = guardedAgent(url, allowed, resolver);
  const make = url.protocol === 'https:' ? https().request : http.request;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request = make(url, { method, headers: { ...headers }, agent, signal });
    request.on('socket', (socket) => {
      socket.on('connect', () => {
        try {
          checkAddress(socket.remoteAddress ?? '', url, allowed);
        } catch (error) {
          request.destroy(error as Error);
        }
      });
    });
    request.on('response', resolve);
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}
