/**
 * The portal inside another program's web server, below a path of it. The program says who asks; until it does, only its
 * own machine is answered.
 *
 * ```ts
 * const portal = await embedPortal({ ...installation, prefix: '/jobs', authorize: (request) => personOf(request) });
 * express.use('/jobs', portal.handler);
 * // or
 * await fastify.register(portal.plugin, { prefix: '/jobs' });
 * ```
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createPortal, type PortalOptions } from './portal.ts';
import type { HostPerson } from './access/host-callers.ts';

export interface EmbedOptions extends Omit<PortalOptions, 'embedded' | 'localCaller'> {
  /** The path it is found below, as `/jobs`. Default: none, the portal is all that the server has. */
  readonly prefix?: string;
  /**
   * Who a request is from; null for nobody. Asked at each request, before anything else is done, and believed. Default:
   * requests of this machine alone are answered, as those of the first administrator.
   *
   * @param hosted the same request, where it came through Fastify: with what the program's own hooks put on it
   */
  readonly authorize?: (
    request: IncomingMessage,
    hosted: FastifyRequest | null,
  ) => HostPerson | null | Promise<HostPerson | null>;
}

export interface EmbeddedPortal {
  /** For Express, Connect and `node:http`. It comes before whatever reads bodies, and answers all below its path. */
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;
  /** For Fastify: `register(portal.plugin, { prefix })`, with the same path. It closes with the server. */
  readonly plugin: (host: FastifyInstance, options: { readonly prefix?: string }) => Promise<void>;
  /** Ends streams and answers nothing more; store and engine are the caller's to close. */
  close(): Promise<void>;
}

/** What Express keeps beside the address that it has cut. */
type Mounted = IncomingMessage & { readonly baseUrl?: unknown; readonly body?: unknown };

const prefixForm = /^(?:\/[\w.~-]+)*$/;

/** The address as the portal knows it; null for one that is not below its path. */
function innerUrl({ url = '/', baseUrl }: Mounted, prefix: string): string | null {
  if (prefix === '' || (typeof baseUrl === 'string' && baseUrl.endsWith(prefix))) return url;
  if (!url.startsWith(prefix)) return null;
  const rest = url.slice(prefix.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : null;
}

function answerPlainly(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

/** @throws TypeError for a prefix that is no path such as `/jobs` */
export async function embedPortal({ prefix = '', authorize, ...options }: EmbedOptions): Promise<EmbeddedPortal> {
  if (!prefixForm.test(prefix)) throw new TypeError(`The prefix '${prefix}' is no path such as /jobs.`);
  const hosted = new WeakMap<IncomingMessage, FastifyRequest>();
  const ask = authorize === undefined ? null : (raw: IncomingMessage) => authorize(raw, hosted.get(raw) ?? null);
  const app = await createPortal({ ...options, embedded: { authorize: ask, prefix } });

  function handler(request: Mounted, response: ServerResponse, next?: (error?: unknown) => void): void {
    const url = innerUrl(request, prefix);
    if (url === null) {
      if (next === undefined) answerPlainly(response, 404, 'Not found.');
      else next();
      return;
    }
    if (request.body !== undefined && request.readableEnded) {
      const why = 'The body was read before the portal got it. Mount the portal before what parses bodies.';
      if (next === undefined) answerPlainly(response, 500, why);
      else next(new TypeError(why));
      return;
    }
    request.url = url;
    app.routing(request, response);
  }

  return {
    handler,
    async plugin(host, { prefix: given = '' }) {
      if (given !== prefix)
        throw new TypeError(`The portal was embedded for '${prefix}' and is registered below '${given}'.`);
      // The portal reads bodies itself, by rules of its own.
      host.removeAllContentTypeParsers();
      host.addContentTypeParser('*', (_request, _payload, done) => done(null));
      for (const url of prefix === '' ? ['/*'] : ['', '/*'])
        host.all(url, (request, reply) => {
          hosted.set(request.raw, request);
          reply.hijack();
          handler(request.raw, reply.raw);
        });
      host.addHook('preClose', () => app.close());
    },
    close: () => app.close(),
  };
}
