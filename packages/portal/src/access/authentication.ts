/** Who says who asks: the portal's own sign-ins and keys, nobody, or the host application it is part of. */
import type { FastifyRequest } from 'fastify';
import { wayOf } from './cookies.ts';
import { hostPerson } from './host-callers.ts';
import type { PortalOptions } from '../portal.ts';
import type { Caller } from '../route.ts';

export type Authentication = 'portal' | 'off' | 'host';

export function authenticationOf({ config, embedded }: Pick<PortalOptions, 'config' | 'embedded'>): Authentication {
  if (embedded !== undefined) return embedded.authorize === null ? 'off' : 'host';
  return config.values.authentication ? 'portal' : 'off';
}

/** The first administrator, without whom it is the installation's own. */
async function firstAdministrator(request: FastifyRequest, { store }: PortalOptions): Promise<Caller> {
  const first = await store.people.firstAdmin();
  return {
    personId: first?.id ?? null,
    name: first?.name ?? 'this machine',
    via: wayOf(request),
    role: 'admin',
    approver: first?.approver ?? false,
    credential: null,
    key: null,
    provenAgo: null,
  };
}

/** Who asks where the portal does not look at credentials itself; null for nobody, undefined where it does. */
export async function callerWithoutCredential(
  request: FastifyRequest,
  options: PortalOptions,
): Promise<Caller | null | undefined> {
  const authentication = authenticationOf(options);
  if (authentication === 'off') return firstAdministrator(request, options);
  return authentication === 'host' ? hostPerson(request, options) : undefined;
}
