/** The session cookie, and where a browser may be given one. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JobTriggerError } from 'job-trigger-core';
import { isFromThisMachine } from './this-machine.ts';

export function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https';
}

/** Browsers keep one cookie jar for all ports of a host; the name tells two portals on one machine apart. */
export function cookieName(request: FastifyRequest): string {
  return isSecure(request) ? '__Host-jtp_session' : `jtp_session_${request.socket.localPort ?? 0}`;
}

/** Gives the browser its session. @returns false where that would need HTTPS */
export function giveCookie(request: FastifyRequest, reply: FastifyReply, secret: string): boolean {
  const secure = isSecure(request);
  // Plain HTTP is private only within one machine.
  if (!secure && !isFromThisMachine(request.raw)) return false;
  void reply.setCookie(cookieName(request), secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge: 7 * 86_400,
  });
  return true;
}

export function takeCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(cookieName(request), { path: '/' });
}

/** Did a page of ours send this? A missing Origin is no proof. */
function isOurOrigin(request: FastifyRequest, publicUrl: string | null): boolean {
  const { origin } = request.headers;
  return (
    origin !== undefined &&
    (origin === `${request.protocol}://${request.headers.host}` ||
      (publicUrl !== null && origin === new URL(publicUrl).origin))
  );
}

/** For login and set-up, which carry no cookie yet: a foreign Origin is refused, a missing one is not. */
function isForeignOrigin(request: FastifyRequest, publicUrl: string | null): boolean {
  return request.headers.origin !== undefined && !isOurOrigin(request, publicUrl);
}

/** For what makes a sign-in. @throws `forbidden` */
export function refuseForeign(request: FastifyRequest, publicUrl: string | null): void {
  if (isForeignOrigin(request, publicUrl))
    throw new JobTriggerError('forbidden', 'This must come from the portal’s own pages.');
}

/** Our own pages say that they ask. */
export function wayOf({ headers }: FastifyRequest): 'page' | 'api' {
  return headers['x-jtp-csrf'] === '1' ? 'page' : 'api';
}

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * A cookie travels by itself: a change needs proof that our own page sent it, and nothing is answered to another site.
 * @throws `forbidden`
 */
export function refuseOtherSites(request: FastifyRequest, publicUrl: string | null): void {
  const isProven = request.headers['x-jtp-csrf'] === '1' && isOurOrigin(request, publicUrl);
  if (changing.has(request.method) && !isProven)
    throw new JobTriggerError(
      'forbidden',
      'A change with the session cookie needs this portal’s own origin and the header X-JTP-CSRF: 1.',
    );
  if (isForeignOrigin(request, publicUrl))
    throw new JobTriggerError('forbidden', 'The session cookie counts on this portal’s own pages only.');
}
