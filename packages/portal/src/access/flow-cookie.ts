/** What a browser keeps while its person is at a provider: it proves that who comes back is who went. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hashOfToken } from 'job-trigger-core';
import { isSecure } from './cookies.ts';
import { isFromThisMachine } from './this-machine.ts';

/** One for each sign-in under way, so that two tabs do not disturb each other. */
function nameOf(request: FastifyRequest, state: string): string {
  const place = hashOfToken(state).slice(0, 12);
  return isSecure(request) ? `__Host-jtp_flow_${place}` : `jtp_flow_${request.socket.localPort ?? 0}_${place}`;
}

/** @returns false where that would need HTTPS */
export function giveFlowCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  flow: { state: string; browser: string },
): boolean {
  const secure = isSecure(request);
  if (!secure && !isFromThisMachine(request.raw)) return false;
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: 600 } as const;
  void reply.setCookie(nameOf(request, flow.state), flow.browser, options);
  return true;
}

export function takeFlowCookie(request: FastifyRequest, reply: FastifyReply, state: string): string | null {
  const name = nameOf(request, state);
  void reply.clearCookie(name, { path: '/' });
  return request.cookies[name] ?? null;
}
