/** People whom a host application has let in. */
import type { FastifyRequest } from 'fastify';
import { isEmail, roles, type HostAccount } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import type { Caller } from '../route.ts';
import { refuseOtherSites, wayOf } from './cookies.ts';

/** Somebody as the host application knows them. */
export interface HostPerson {
  /** Tells people apart: the same address is the same person, with what they own. */
  readonly email: string;
  /** Default: the address. */
  readonly name?: string;
  readonly role: 'viewer' | 'operator' | 'editor' | 'admin';
  /** May approve scripts besides. Default false. */
  readonly approver?: boolean;
}

function checked({ email, name = email, role, approver = false }: HostPerson): HostAccount {
  // The host's mistake, and none of whoever asks.
  if (!isEmail(email)) throw new TypeError(`authorize: '${email}' is no e-mail address.`);
  if (!roles.includes(role)) throw new TypeError(`authorize: the role must be one of ${roles.join(', ')}.`);
  return { email, name, role, approver };
}

/** Read anew at each request: what the host takes away is gone at once. */
export async function hostPerson(
  request: FastifyRequest,
  { embedded, operations, config }: PortalOptions,
): Promise<Caller | null> {
  const given = await embedded?.authorize?.(request.raw);
  if (given === null || given === undefined) return null;
  // A token is sent on purpose; what else the host goes by, a browser sends by itself.
  if (!/^Bearer /i.test(request.headers.authorization ?? '')) refuseOtherSites(request, config.values.publicUrl);
  const person = await operations.hostAccounts.accountOf(checked(given));
  if (person === null) return null;
  const { id: personId, name, role, approver } = person;
  return { personId, name, via: wayOf(request), role, approver, credential: null, key: null, provenAgo: null };
}
