import type { FastifyInstance } from 'fastify';

/** Below this a text is written with its head, in one go. */
const smallText = 4096;

/**
 * Long texts leave as bytes. Of a text Node does not know how many bytes it becomes: it takes room for three a character,
 * for each answer anew, and so much room comes from the system and goes back to it.
 */
export function asBytes(app: FastifyInstance): void {
  app.addHook('onSend', (_request, _reply, payload, done) => {
    done(null, bytesOf(payload));
  });
}

/** A long text as bytes; everything else as it is. */
export function bytesOf(payload: unknown): unknown {
  return typeof payload === 'string' && payload.length > smallText ? Buffer.from(payload) : payload;
}
