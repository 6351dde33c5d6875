/** The built pages: files as they are, and the start page for every address that names none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PortalOptions } from '../portal.ts';

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Job Trigger Portal</title>
<h1>The pages are not built</h1>
<p>The portal runs; its pages were not built. From a clone, <code>npm start</code> builds them. The command line <code>jtp</code>
and the <a href="/api/docs/">API</a> work without them.</p>
</html>
`;

/** An address that a person opened: neither a call of the API nor a file that is missing. The first page is one to anybody. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  const asksForHtml = path === '/' || (request.headers.accept ?? '').includes('text/html');
  return (
    ['GET', 'HEAD'].includes(request.method) && asksForHtml && !path.startsWith('/api') && !path.startsWith('/assets/')
  );
}

/** Pages name their parts from the root of the server; below a path they are below it too. */
function below(prefix: string, page: string): string {
  return page.replaceAll(/ (src|href)="\//g, ` $1="${prefix}/`);
}

/** A built file. One page is made of dozens, so they count towards no limit of requests: a page without its code is blank. */
export function isPartOfAPage({ url }: FastifyRequest): boolean {
  return url.startsWith('/assets/');
}

/**
 * Without a folder of built pages, or with one that has no `index.html`, a page that says so.
 *
 * @param otherwise answers whatever is no page
 */
export async function servePages(
  app: FastifyInstance,
  { pages: folder = null, embedded }: Pick<PortalOptions, 'pages' | 'embedded'>,
  otherwise: (request: FastifyRequest, reply: FastifyReply) => void,
): Promise<void> {
  const built = folder !== null && existsSync(join(folder, 'index.html')) ? folder : null;
  const page = built === null ? notBuilt : readFileSync(join(built, 'index.html'), 'utf8');
  const startPage = below(embedded?.prefix ?? '', page);
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
        // The start page is answered below: it names its parts by where it is found.
        globIgnore: ['**/*.gz', 'index.html'],
        index: false,
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
    if (built === null) void reply.code(503);
    return void reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(startPage);
  });
}
