/** The built pages: files as they are, and the start page for every address that names none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Job Trigger Portal</title>
<h1>The pages are not built</h1>
<p>The portal runs; its pages were not built. From a clone, <code>npm start</code> builds them. The command line <code>jtp</code>
and the <a href="/api/docs">API</a> work without them.</p>
</html>
`;

/** An address that a person opened: neither a call of the API nor a file that is missing. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  const asksForHtml = (request.headers.accept ?? '').includes('text/html');
  return request.method === 'GET' && asksForHtml && !path.startsWith('/api') && !path.startsWith('/assets/');
}

/** A built file. One page is made of dozens, so they count towards no limit of requests: a page without its code is blank. */
export function isPartOfAPage({ url }: FastifyRequest): boolean {
  return url.startsWith('/assets/');
}

/**
 * @param folder where the pages were built; null or empty of an `index.html`: a page that says so
 * @param otherwise answers whatever is no page
 */
export async function servePages(
  app: FastifyInstance,
  folder: string | null,
  otherwise: (request: FastifyRequest, reply: FastifyReply) => void,
): Promise<void> {
  const built = folder !== null && existsSync(join(folder, 'index.html')) ? folder : null;
  const startPage = built === null ? null : readFileSync(join(built, 'index.html'));
  if (built !== null) {
    await app.register(async (files) => {
      files.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: 'open' };
        route.schema = { ...route.schema, hide: true };
      });
      await files.register(fastifyStatic, {
        root: built,
        wildcard: false,
        preCompressed: true,
        globIgnore: ['**/*.gz'],
        index: ['index.html'],
        cacheControl: false,
        setHeaders: (reply, path) => {
          // The name of a built file holds the hash of its content: it can be kept for ever.
          const lasting = path.startsWith(join(built, 'assets'));
          void reply.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
        },
      });
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!isPage(request)) return otherwise(request, reply);
    if (built === null) return void reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
    return void reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(startPage);
  });
}
