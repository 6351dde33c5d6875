/** Who calls, by what was shown: a sign-in, a key, or the secret of a caller inside this process. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { hashOfToken } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import type { Caller } from '../route.ts';
import { callerWithoutCredential } from './authentication.ts';
import { cookieName, refuseOtherSites } from './cookies.ts';
import { isSignedToken, whoHolds } from './signed-tokens.ts';
import { whoIs } from './sign-ins.ts';
import { localView, throughEyes } from './views.ts';

async function localCaller(request: FastifyRequest, options: PortalOptions): Promise<Caller | null> {
  const given = request.headers['x-jtp-local'];
  const { localCaller: local } = options;
  if (local === undefined || typeof given !== 'string') return null;
  if (!timingSafeEqual(Buffer.from(hashOfToken(given)), Buffer.from(hashOfToken(local.secret)))) return null;
  const first = await options.store.people.firstAdmin();
  const { name } = local;
  const own: Caller = {
    personId: first?.id ?? null,
    name,
    via: 'cli',
    role: 'admin',
    approver: false,
    credential: null,
    key: null,
    provenAgo: null,
  };
  return throughEyes(request, own, localView(options), options);
}

async function callerBySecret(
  request: FastifyRequest,
  secret: string,
  via: 'page' | 'api',
  options: PortalOptions,
): Promise<Caller | null> {
  const isSigned = via === 'api' && isSignedToken(secret);
  const found = await (isSigned ? whoHolds(secret, options) : whoIs(options.store, hashOfToken(secret)));
  if (found === null) return null;
  const { id: personId, name, role, approver } = found.person;
  const { hash: credential, provenAt, viewedId = null, viewedUntil } = found.signIn;
  const provenAgo = found.now - provenAt;
  const own: Caller = { personId, name, via, role, approver, credential, key: null, provenAgo };
  const view = viewedId === null ? null : { personId: viewedId, until: viewedUntil ?? 0 };
  return throughEyes(request, own, view, options);
}

/** Acts for its owner, and approves nothing. */
async function callerByKey(text: string, address: string, { operations }: PortalOptions): Promise<Caller | null> {
  const found = await operations.keys.authenticate(text, address);
  if (found === null) return null;
  const { key, person } = found;
  const name = `${key.name} (key of ${person.name})`;
  const { id: personId, role } = person;
  return { personId, name, via: 'api', keyId: key.id, role, approver: false, credential: null, key, provenAgo: null };
}

/**
 * @returns null for nobody known
 * @throws `forbidden` for a change by cookie that no page of ours sent
 */
export async function identify(request: FastifyRequest, options: PortalOptions): Promise<Caller | null> {
  const local = await localCaller(request, options);
  if (local !== null) return local;
  const uncredentialed = await callerWithoutCredential(request, options);
  if (uncredentialed !== undefined) return uncredentialed;
  const bearer = /^Bearer ([\w.-]{20,20000})$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer?.startsWith('jtp_') === true) return callerByKey(bearer, request.ip, options);
  if (bearer !== undefined) return callerBySecret(request, bearer, 'api', options);
  const cookie = request.cookies[cookieName(request)];
  const caller = cookie === undefined ? null : await callerBySecret(request, cookie, 'page', options);
  if (caller !== null) refuseOtherSites(request, options.config.values.publicUrl);
  return caller;
}
