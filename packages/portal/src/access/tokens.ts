import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Tokens } from 'job-trigger-contract';
import type { Person, Store, System } from 'job-trigger-core';
import { actorOf } from '../route.ts';
import { giveCookie } from './cookies.ts';
import { signIn } from './sign-ins.ts';

/** Signs somebody in who has shown all that is asked for, and gives the browser its session. */
export async function tokensFor(
  context: { readonly store: Store; readonly system: System },
  person: Person,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Tokens> {
  const from = { userAgent: request.headers['user-agent']?.slice(0, 300) ?? null, address: request.ip };
  const { secret, seconds } = await signIn(context, person, from, actorOf(request));
  void reply.header('cache-control', 'no-store');
  return {
    access_token: secret,
    token_type: 'Bearer',
    expires_in: seconds,
    cookie: giveCookie(request, reply, secret),
  };
}
