/** Who calls, and whether they may: refused unless the route itself says otherwise. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { JobTriggerError } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import type { Caller } from '../route.ts';
import { cookieName, isOurOrigin } from './cookies.ts';
import { hashOf, whoIs } from './sign-ins.ts';

const ranks = { viewer: 0, operator: 1, editor: 2, admin: 3 } as const;
const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

async function localCaller(request: FastifyRequest, options: PortalOptions): Promise<Caller | null> {
  const given = request.headers['x-jtp-local'];
  const { localCaller: local } = options;
  if (local === undefined || typeof given !== 'string') return null;
  if (!timingSafeEqual(Buffer.from(hashOf(given)), Buffer.from(hashOf(local.secret)))) return null;
  const first = await options.store.people.firstAdmin();
  return { personId: first?.id ?? null, name: local.name, via: 'cli', role: 'admin', credential: null };
}

async function callerBySecret(secret: string, via: 'page' | 'api', options: PortalOptions): Promise<Caller | null> {
  const found = await whoIs(options.store, hashOf(secret));
  if (found === null) return null;
  const { person, signIn } = found;
  return { personId: person.id, name: person.name, via, role: person.role, credential: signIn.hash };
}

async function identify(request: FastifyRequest, options: PortalOptions): Promise<Caller | null> {
  const local = await localCaller(request, options);
  if (local !== null) return local;
  const bearer = /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return callerBySecret(bearer, 'api', options);
  const cookie = request.cookies[cookieName(request)];
  if (cookie === undefined) return null;
  const caller = await callerBySecret(cookie, 'page', options);
  if (caller === null || !changing.has(request.method)) return caller;
  // A cookie travels by itself: a change needs proof that our own page sent it.
  if (request.headers['x-jtp-csrf'] !== '1' || !isOurOrigin(request, options.config.values.publicUrl)) {
    throw new JobTriggerError(
      'forbidden',
      'A change with the session cookie needs this portal’s own origin and the header X-JTP-CSRF: 1.',
    );
  }
  return caller;
}

/** Whether an answer that takes long may go on: its caller is still signed in, with the role that the route asks for. */
export async function mayStill(request: FastifyRequest, { store }: Pick<PortalOptions, 'store'>): Promise<boolean> {
  const { access } = request.routeOptions.config;
  const { caller } = request;
  if (access === 'open' || caller?.credential === null) return true;
  const found = caller === null ? null : await whoIs(store, caller.credential);
  return access !== undefined && found !== null && ranks[found.person.role] >= ranks[access];
}

export function accessControl(app: FastifyInstance, options: PortalOptions): void {
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    // No route at all: the not-found answer tells nothing.
    if (request.routeOptions.url === undefined) return;
    request.caller = await identify(request, options);
    if (access === 'open') return;
    if (request.caller === null) throw new JobTriggerError('unauthenticated', 'Sign in, or send a valid token.');
    if (access === undefined || ranks[request.caller.role] < ranks[access])
      throw new JobTriggerError('forbidden', `This needs the role ${access ?? 'of nobody'}.`);
  });
}
