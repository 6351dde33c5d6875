/** The API described for machines (`/api/openapi.json`) and for people (`/api/docs`). */
import type { FastifyInstance, FastifyRequest } from 'fastify';

const open = { config: { access: 'open' }, schema: { hide: true } } as const;

/** The description is made when somebody first asks: it takes memory, and most portals are never asked. */
export function documentation(app: FastifyInstance, version: string): void {
  let described: Promise<FastifyInstance> | null = null;
  const description = (): Promise<FastifyInstance> =>
    (described ??= import('../describe-api.ts').then(({ describeApi }) => describeApi(version)));

  app.get('/api/openapi.json', open, async (_request, reply) =>
    reply
      .type('application/json')
      .serializer(JSON.stringify)
      .send((await description()).swagger()),
  );

  const page = async (request: FastifyRequest) =>
    (await description()).inject({ method: request.method as 'GET', url: request.url, headers: request.headers });
  for (const url of ['/api/docs', '/api/docs/*']) {
    app.get(url, open, async (request, reply) => {
      const answer = await page(request);
      return reply.code(answer.statusCode).headers(answer.headers).send(answer.rawPayload);
    });
  }
  app.addHook('onClose', async () => {
    await (await described)?.close();
  });
}
