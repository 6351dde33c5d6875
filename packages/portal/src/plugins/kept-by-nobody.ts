import type { FastifyInstance } from 'fastify';

/** What the API answers is for whoever asked: no cache on the way and no browser keeps it, unless a route says otherwise. */
export function keptByNobody(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.url.startsWith('/api') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}
