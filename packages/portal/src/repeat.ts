/** Requests that may be sent twice: the header `Idempotency-Key`, and what it stands for. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor, Once } from 'job-trigger-core';
import { z } from 'zod';

export const RepeatHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .optional()
    .describe('Of the caller\u2019s choice; kept for 24 hours.'),
});

/** What the request's key stands for; undefined without one. A repeated request is answered 200, and says so. */
export function onceOf(request: FastifyRequest, reply: FastifyReply, actor: Actor): Once | undefined {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return undefined;
  const [path] = request.url.split('?');
  return {
    key,
    scope: `${actor.personId ?? actor.name} ${request.method} ${path}`,
    requestHash: createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest('hex'),
    onReplay: () => void reply.code(200).header('idempotent-replayed', 'true'),
  };
}
