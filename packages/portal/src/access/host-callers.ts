/** People whom a host application has let in. */
import type { FastifyRequest } from 'fastify';
import { invalidField, isEmail, roles } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import type { Caller } from '../route.ts';
import { refuseOtherSites } from './cookies.ts';

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

function checked(given: HostPerson): HostPerson {
  if (!isEmail(given.email)) throw invalidField('email', 'of the host application is no e-mail address');
  if (!roles.includes(given.role))
    throw invalidField('role', `of the host application must be one of ${roles.join(', ')}`);
  return given;
}

/** Read anew at each request: what the host takes away is gone at once. */
export async function hostPerson(request: FastifyRequest, options: PortalOptions): Promise<Caller | null> {
  const given = (await options.embedded?.authorize?.(request.raw)) ?? null;
  if (given === null) return null;
  // A token is sent on purpose; what else the host goes by, a browser sends by itself.
  if (!/^Bearer /i.test(request.headers.authorization ?? ''))
    refuseOtherSites(request, options.config.values.publicUrl);
  const { email, name = email, role, approver = false } = checked(given);
  const person = await options.operations.people.fromHost({ email, name, role, approver });
  if (person === null) return null;
  const via = request.headers['x-jtp-csrf'] === '1' ? 'page' : 'api';
  return { personId: person.id, name: person.name, via, role, approver, credential: null, key: null };
}
