import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Answers that are under way may end; whoever takes longer is cut off. */
const graceMs = 3000;

/**
 * Ends connections when the portal stops. Node closes those that are idle after an answer, but waits a minute for one that
 * a browser has opened ahead and never used.
 */
export function leaving(app: FastifyInstance): void {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }) => unused.delete(socket));
  app.addHook('preClose', (done) => {
    for (const socket of unused) socket.destroy();
    const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
    app.server.once('close', () => clearTimeout(cut));
    cut.unref();
    done();
  });
}
