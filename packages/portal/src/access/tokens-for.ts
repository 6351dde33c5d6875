import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Tokens } from 'job-trigger-contract';
import type { Person } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { actorOf } from '../route.ts';
import { giveCookie } from './cookies.ts';
import { signIn } from './sign-ins.ts';

/** Signs a person in who has proved who they are. */
export async function tokensFor(
  options: Pick<PortalOptions, 'store' | 'system'>,
  person: Person,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Tokens> {
  const from = { userAgent: request.headers['user-agent']?.slice(0, 300) ?? null, address: request.ip };
  const { secret, seconds } = await signIn(options, person, from, actorOf(request));
  void reply.header('cache-control', 'no-store');
  return {
    access_token: secret,
    token_type: 'Bearer',
    expires_in: seconds,
    cookie: giveCookie(request, reply, secret),
  };
}
