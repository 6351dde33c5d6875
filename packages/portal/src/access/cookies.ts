/** The session cookie, and where a browser may be given one. */
import type { FastifyReply, FastifyRequest } from 'fastify';

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Plain HTTP is private only within one machine: socket and `Host` say so, and no proxy stands between. */
export function isLoopback(request: FastifyRequest): boolean {
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers['forwarded'];
  return (
    forwarded === undefined &&
    loopback.test(request.socket.remoteAddress ?? '') &&
    loopbackHost.test(request.headers.host ?? '')
  );
}

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
  if (!secure && !isLoopback(request)) return false;
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
export function isOurOrigin(request: FastifyRequest, publicUrl: string | null): boolean {
  const { origin } = request.headers;
  return (
    origin !== undefined &&
    (origin === `${request.protocol}://${request.headers.host}` ||
      (publicUrl !== null && origin === new URL(publicUrl).origin))
  );
}

/** For login and set-up, which carry no cookie yet: a foreign Origin is refused, a missing one is not. */
export function isForeignOrigin(request: FastifyRequest, publicUrl: string | null): boolean {
  return request.headers.origin !== undefined && !isOurOrigin(request, publicUrl);
}
