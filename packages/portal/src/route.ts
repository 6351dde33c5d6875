import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { reachOf, type AnswerOf, type Endpoint } from 'job-trigger-contract';
import {
  invalidField,
  type Actor,
  type ApiKey,
  type Id,
  type Instant,
  type Millis,
  type Once,
  type Role,
} from 'job-trigger-core';
import type { z } from 'zod';
import type { ServedRoute } from './access/access-control.ts';
import type { Eyes } from './access/eyes.ts';
import { checkReach } from './access/reach.ts';
import { bytesOf } from './plugins/as-bytes.ts';
import { wayOf } from './access/cookies.ts';
import { onceOf, RepeatHeaders } from './repeat.ts';
import type { SharedAnswers } from './shared-answers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call; a route without it is refused. */
    access?: Endpoint['access'];
    /** Refused to keys. */
    inPerson?: boolean;
    /** Asked in person, it needs a fresh proof of who asks. */
    proof?: boolean;
    /** About whoever asks: open to those too who must set up a second factor first. */
    own?: boolean;
    /** For approvers and administrators alone. */
    approver?: boolean;
  }
  interface FastifyInstance {
    /** Every route, once the app is ready. */
    served: readonly ServedRoute[];
  }
  interface FastifyInstance {
    /** Null where no endpoint answers. */
    eyes: Eyes | null;
    /** Texts of answers, by who sees and what is asked. */
    sharedAnswers: SharedAnswers<unknown>;
  }
  interface FastifyRequest {
    /** Who calls; null for nobody known. */
    caller: Caller | null;
  }
}

/** Someone who showed a credential. */
export interface Caller extends Actor {
  /** Of the person, for a key of its owner. */
  readonly role: Role;
  /** May approve scripts; never by key. */
  readonly approver: boolean;
  /** The SHA-256 of a sign-in; null for a key and for a caller inside the process. */
  readonly credential: string | null;
  /** What a program showed; null for whoever asks in person. */
  readonly key: ApiKey | null;
  /** How long ago a person who is signed in last showed who they are; null for everybody else, who is not asked. */
  readonly provenAgo: Millis | null;
  /** The administrator whose session it is, who looks with this person's eyes until then; absent for everybody's own. */
  readonly viewer?: { readonly personId: Id | null; readonly name: string; readonly until: Instant };
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A request after its shapes were checked. */
export interface Call<E extends Endpoint> {
  readonly params: Output<E['params']>;
  readonly query: Output<E['query']>;
  readonly body: Output<E['body']>;
  /** Present wherever the endpoint's access is not `open`. */
  readonly actor: Actor;
  /** Present when the endpoint is repeatable and the caller sent a key. */
  readonly once: Once | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Where a text or key holds NUL, which PostgreSQL cannot store and no process can be given; null when none does. */
function placeOfNul(value: unknown, path: readonly string[]): string | null {
  if (typeof value === 'string') return value.includes('\0') ? path.join('.') : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const place = key.includes('\0') ? path.join('.') : placeOfNul(item, [...path, key]);
    if (place !== null) return place;
  }
  return null;
}

function refuseNul(...parts: readonly unknown[]): void {
  for (const part of parts) {
    const place = placeOfNul(part, []);
    if (place !== null) throw invalidField(place, 'holds a NUL character; leave it out');
  }
}

/** Who is not known yet. */
const nobody = { personId: null, name: 'nobody', keyId: null } as const;

/** Who asks, with what the audit keeps of the request. */
export function actorOf(request: FastifyRequest): Actor {
  const { personId, name, via, keyId = null } = request.caller ?? { ...nobody, via: wayOf(request) };
  // Inside the process there is no address, whatever the request was given for one.
  return { personId, name, via, keyId, address: via === 'cli' ? null : request.ip, requestId: request.id };
}

/** An endpoint's shapes as Fastify wants them; for its checks and for its description alike. */
export function schemaOf(endpoint: Endpoint): FastifySchema {
  return {
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.params === undefined ? {} : { params: endpoint.params }),
    ...(endpoint.query === undefined ? {} : { querystring: endpoint.query }),
    ...(endpoint.body === undefined ? {} : { body: endpoint.body }),
    ...(endpoint.repeatable === true ? { headers: RepeatHeaders } : {}),
    ...(endpoint.answer === null
      ? {}
      : {
          response: {
            [endpoint.status]: endpoint.answer,
            ...(endpoint.repeatable === true ? { 200: endpoint.answer } : {}),
            ...(endpoint.path === '/api/health' ? { 503: endpoint.answer } : {}),
          },
        }),
  };
}

/** An endpoint's path as Fastify writes it. */
export function urlOf({ path }: Endpoint): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Groups of endpoints that are about whoever asks. */
const own: ReadonlySet<string> = new Set(['Sign-in', 'Profile']);

/** Serves one endpoint of the contract: its shapes, its access and its status come from there. */
export function serve<const E extends Endpoint>(
  app: FastifyInstance,
  endpoint: E,
  answer: (call: Call<E>) => Promise<AnswerOf<E>> | AnswerOf<E>,
): void {
  serveBy(app, endpoint, answer);
}

/**
 * As {@link serve}, for an answer that depends on nothing but what is asked and what its caller sees: those who ask the same
 * in the same moment share one, down to its bytes.
 */
export function serveShared<const E extends Endpoint & { readonly method: 'GET'; readonly answer: z.ZodType }>(
  app: FastifyInstance,
  endpoint: E,
  answer: (call: Pick<Call<E>, 'params' | 'query'>) => Promise<AnswerOf<E>>,
): void {
  serveBy(app, endpoint, async ({ params, query, request, reply }) => {
    const find = async (): Promise<unknown> => bytesOf(reply.serialize(await answer({ params, query })));
    const { eyes, sharedAnswers } = app;
    // Without eyes nobody knows who sees the same.
    const found = eyes === null ? find() : sharedAnswers.ask(`${eyes.nameOf(request.caller)} ${request.url}`, find);
    void reply.type('application/json; charset=utf-8');
    return found;
  });
}

/** @param respond answers a value of the endpoint's shape, or its text */
function serveBy<const E extends Endpoint>(
  app: FastifyInstance,
  endpoint: E,
  respond: (call: Call<E>) => Promise<unknown> | AnswerOf<E>,
): void {
  const reach = reachOf(endpoint);
  const { eyes } = app;
  app.route({
    method: endpoint.method,
    url: urlOf(endpoint),
    config: {
      access: endpoint.access,
      inPerson: endpoint.inPerson === true,
      proof: endpoint.proof === true,
      approver: endpoint.approver === true,
      own: own.has(endpoint.tag),
    },
    schema: schemaOf(endpoint),
    ...(endpoint.mostBytes === undefined ? {} : { bodyLimit: endpoint.mostBytes }),
    handler: async (request, reply) => {
      refuseNul(request.params, request.query, request.body);
      const actor = actorOf(request);
      const call = {
        params: request.params,
        query: request.query,
        body: request.body,
        actor,
        once: endpoint.repeatable === true ? onceOf(request, reply, actor) : undefined,
        request,
        reply,
      } as Call<E>;
      reply.code(endpoint.status);
      if (eyes !== null) await checkReach(eyes, reach, { caller: request.caller, params: request.params });
      const value = await (eyes === null ? respond(call) : eyes.with(request.caller, () => respond(call)));
      return endpoint.answer === null ? reply.send() : value;
    },
  });
}
