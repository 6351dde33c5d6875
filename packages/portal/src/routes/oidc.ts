import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { formatInstant, JobTriggerError, toUuid, type Identity, type OidcProvider } from 'job-trigger-core';
import { refuseForeign } from '../access/cookies.ts';
import { giveFlowCookie, takeFlowCookie } from '../access/flow-cookie.ts';
import { OidcClients } from '../access/oidc-client.ts';
import { tokensFor } from '../access/tokens.ts';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { actorOf, serve } from '../route.ts';

/** Providers write themselves with and without a slash at the end. */
const isSameIssuer = (one: string, other: string): boolean => one.replace(/\/$/, '') === other.replace(/\/$/, '');

/** Sign-in through others. The page of the portal carries each answer of a provider on, so that no GET has an effect. */
export function oidcRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { operations, store, system, config } = options;
  const { oidcProviders: providers, publicUrl } = config.values;
  const clients = new OidcClients(system.clock, publicUrl ?? 'http://127.0.0.1');
  const tries = new TryLimit(system.clock);

  function providerOf(name: string): OidcProvider {
    const found = providers.find((provider) => provider.name === name);
    if (found === undefined) throw new JobTriggerError('not_found', 'There is no such sign-in provider.');
    return found;
  }

  async function begin(
    { name, ...asked }: { name: string; personId: number | null; invitation: string | null; timezone: string | null },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ url: string }> {
    refuseForeign(request, publicUrl);
    const provider = providerOf(name);
    const [state = '', browser = ''] = [0, 1].map(() => Buffer.from(system.random.bytes(32)).toString('base64url'));
    if (!giveFlowCookie(request, reply, { state, browser }))
      throw new JobTriggerError('conflict', 'This address is plain HTTP: a sign-in through others needs HTTPS.');
    const url = await clients.begin(provider, { state, browser });
    await operations.identities.begin({ ...asked, provider: name, state, browser });
    void reply.header('cache-control', 'no-store');
    return { url: url.href };
  }

  serve(app, endpoints.listProviders, () => ({ items: providers.map(({ name, label }) => ({ name, label })) }));

  serve(app, endpoints.beginOidc, ({ params, body, request, reply }) => {
    const { invitation = null, timezone = null } = body;
    return begin({ name: params.name, personId: null, invitation, timezone }, request, reply);
  });

  serve(app, endpoints.beginLink, ({ params, actor, request, reply }) => {
    const { personId } = actor;
    if (personId === null) throw new JobTriggerError('conflict', 'Nobody is signed in.');
    return begin({ name: params.name, personId, invitation: null, timezone: null }, request, reply);
  });

  serve(app, endpoints.finishOidc, async ({ params, body, request, reply }) => {
    refuseForeign(request, publicUrl);
    const provider = providerOf(params.name);
    tries.take(request.ip);
    const state = new URLSearchParams(body.query).get('state') ?? '';
    const browser = takeFlowCookie(request, reply, state) ?? '';
    try {
      const flow = await operations.identities.take({ provider: provider.name, state, browser });
      const vouched = await clients.finish(provider, body.query, { state, browser });
      if (flow.personId === null) {
        const person = await operations.identities.signIn(provider, vouched, flow, actorOf(request));
        tries.giveBack(request.ip);
        return { linked: false, tokens: await tokensFor(options, person, request, reply) };
      }
      if (request.caller?.personId !== flow.personId)
        throw new JobTriggerError('forbidden', 'Whoever began this is not signed in any more. Nothing was added.');
      await operations.identities.link(flow.personId, vouched, actorOf(request));
      tries.giveBack(request.ip);
      return { linked: true, tokens: null };
    } catch (error) {
      if (error instanceof JobTriggerError && error.code !== 'unavailable')
        await operations.identities.refused(provider.name, actorOf(request));
      throw error;
    }
  });

  const linkToWire = (identity: Identity) => ({
    id: toUuid(identity),
    provider: providers.find(({ issuer }) => isSameIssuer(issuer, identity.issuer))?.label ?? identity.issuer,
    account: identity.account,
    created_at: formatInstant(identity.createdAt),
    last_used_at: formatInstant(identity.usedAt),
  });

  serve(app, endpoints.listLinks, async ({ actor }) => {
    const person = actor.personId === null ? null : await store.people.get(actor.personId);
    const items = person === null ? [] : await operations.identities.list(person.id);
    return { items: items.map(linkToWire), password: (person?.passwordHash ?? '') !== '' };
  });

  serve(app, endpoints.removeLink, async ({ params, actor }) => {
    if (actor.personId === null) throw new JobTriggerError('conflict', 'Nobody is signed in.');
    await operations.identities.unlink(actor.personId, referenceOf(params.id, 'linked sign-in').id, actor);
    return undefined;
  });
}
