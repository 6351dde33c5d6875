import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { hookToWire } from 'job-trigger-contract/mapping';
import { fromUuid, JobTriggerError, toUuid, type HookMade } from 'job-trigger-core';
import { TryLimit } from '../access/try-limit.ts';
import { parseStrictJson } from '../plugins/strict-json.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

const messagesPerMinute = 60;
const mostBytes = 65_536;

const madeToWire = ({ hook, secret }: HookMade) => ({ ...hookToWire(hook), secret });

/** Incoming hooks, and the open route on which other programs use them. */
export function hookRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { hooks } = options.operations;
  const jobOf = ({ id }: { readonly id: string }): number => referenceOf(id, 'job').id;
  const hookOf = ({ hook_id: id }: { readonly hook_id: string }): number => referenceOf(id, 'hook').id;

  serve(app, endpoints.listHooks, async ({ params }) => ({
    items: (await hooks.list(jobOf(params))).map(hookToWire),
  }));
  serve(app, endpoints.createHook, async ({ params, body, actor }) =>
    madeToWire(await hooks.create(jobOf(params), body, actor)),
  );
  serve(app, endpoints.patchHook, async ({ params, body, actor }) =>
    hookToWire(await hooks.change(jobOf(params), hookOf(params), body, actor)),
  );
  serve(app, endpoints.deleteHook, async ({ params, actor }) => {
    await hooks.remove(jobOf(params), hookOf(params), actor);
    return undefined;
  });
  serve(app, endpoints.rotateHook, async ({ params, actor }) =>
    madeToWire(await hooks.rotate(jobOf(params), hookOf(params), actor)),
  );
  messageRoute(app, options);
}

function headerOf({ headers }: FastifyRequest, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** @throws `malformed`, `invalid` for what is no object */
function fieldsOf(body: Buffer): unknown {
  const fields = body.length === 0 ? {} : parseStrictJson(body);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new JobTriggerError('invalid', 'The body must be a JSON object.', {
      fields: [{ path: '', message: 'must be a JSON object' }],
    });
  return fields;
}

function messageIdOf(id: string | null): string | null {
  if (id === null || /^[\x21-\x7e]{1,255}$/.test(id)) return id;
  const message = 'must be 1 to 255 visible ASCII characters';
  throw new JobTriggerError('invalid', `webhook-id: ${message}`, { fields: [{ path: 'webhook-id', message }] });
}

/** The message itself is the credential. Its bytes are what was signed, so they are read before they are JSON. */
function messageRoute(app: FastifyInstance, { operations, system }: PortalOptions): void {
  const taken = new TryLimit(system.clock, messagesPerMinute);
  const wrong = new TryLimit(system.clock);

  async function authenticated(request: FastifyRequest, body: Buffer) {
    const reference = fromUuid((request.params as { readonly id: string }).id);
    const message = {
      id: headerOf(request, 'webhook-id'),
      timestamp: headerOf(request, 'webhook-timestamp'),
      signature: headerOf(request, 'webhook-signature'),
      key: /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
      body,
    };
    try {
      return { hook: await operations.hooks.authenticate(reference?.id ?? null, message), id: message.id };
    } catch (error) {
      if (error instanceof JobTriggerError && error.code === 'unauthenticated') wrong.take(request.ip);
      throw error;
    }
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (body.length > mostBytes)
      throw new JobTriggerError('too_large', 'A message has at most 64 kB.', {
        fields: [{ path: '', message: 'a message has at most 64 kB' }],
      });
    const { hook, id } = await authenticated(request, body);
    taken.take(String(hook.id));
    const message = { id: messageIdOf(id), raw: body, fields: fieldsOf(body) };
    void reply.code(202);
    const run = await operations.hooks.receive(hook, message, () => {
      void reply.code(200).header('idempotent-replayed', 'true');
    });
    return reply
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .serializer(JSON.stringify)
      .send({ run_id: toUuid(run) });
  }

  void app.register(async (messages) => {
    messages.removeAllContentTypeParsers();
    messages.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    messages.post('/api/hooks/:id', { config: { access: 'open' }, schema: { hide: true } }, answer);
  });
}
