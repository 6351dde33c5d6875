import type { FastifyInstance } from 'fastify';

/** Answers that are under way may end; whoever takes longer is cut off. */
const graceMs = 3000;

/** Ends connections when the portal stops: Node waits as long as a client takes to send its request, or to take its answer. */
export function leaving(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
    app.server.once('close', () => clearTimeout(cut));
    cut.unref();
    done();
  });
}
