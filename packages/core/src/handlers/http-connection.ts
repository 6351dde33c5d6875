/**
 * Connections that lead nowhere inside: a name is resolved once, every address it has is checked, and the very answer
 * that was checked is what is connected to. A second look-up would be a second chance for a name server to lie.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import type { Agent, AgentOptions } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress, plainHost, type AllowList } from './address.ts';
import { portOf } from './http-rules.ts';
import { http, https } from './node-http.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export type AddressResolver = (host: string) => Promise<readonly ResolvedAddress[]>;

export const systemResolver: AddressResolver = async (host) => systemLookup(host, { all: true });

/** A connection was refused by us, before a byte was sent. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
  readonly code = 'blocked_address';
}

/** An agent for one request to `url`. It keeps nothing open and asks no proxy, whatever the environment says. */
export function guardedAgent(url: URL, allowed: AllowList, resolve: AddressResolver = systemResolver): Agent {
  const options: AgentOptions & { lookup: LookupFunction } = {
    keepAlive: false,
    maxSockets: 1,
    lookup: guardedLookup(url, allowed, resolve),
  };
  return url.protocol === 'https:' ? new (https().Agent)(options) : new http.Agent(options);
}

/** @throws {BlockedAddressError} when a literal address, which nothing resolves, leads inside */
export function checkLiteral(url: URL, allowed: AllowList): void {
  const host = plainHost(url.hostname);
  if (isIP(host) !== 0) checkAddress(host, url, allowed);
}

/** @throws {BlockedAddressError} */
export function checkAddress(address: string, url: URL, allowed: AllowList): void {
  const open = isPublicAddress(address) || allowed.address(address) || allowed.host(url.hostname, portOf(url));
  if (open) return;
  const host = plainHost(url.hostname);
  const what = host === address ? address : `${host} leads to ${address}, which`;
  throw new BlockedAddressError(`${what} is an address inside, which security.outgoing_allow does not name.`);
}

function guardedLookup(url: URL, allowed: AllowList, resolve: AddressResolver): LookupFunction {
  return (host, options, done) => {
    const answer = async (): Promise<void> => {
      try {
        const found = await checkedAddresses(host, { url, allowed, resolve });
        if (options.all === true) done(null, found);
        else done(null, found[0].address, found[0].family);
      } catch (error) {
        done(error as NodeJS.ErrnoException, '', 0);
      }
    };
    void answer();
  };
}

interface Guard {
  readonly url: URL;
  readonly allowed: AllowList;
  readonly resolve: AddressResolver;
}

async function checkedAddresses(
  host: string,
  { url, allowed, resolve }: Guard,
): Promise<[ResolvedAddress, ...ResolvedAddress[]]> {
  const [first, ...others] = await resolve(host);
  if (first === undefined) throw Object.assign(new Error(`${host} has no address.`), { code: 'ENOTFOUND' });
  // One address inside among public ones is an attack or an accident; neither is to be continued.
  for (const { address } of [first, ...others]) checkAddress(address, url, allowed);
  return [first, ...others];
}
