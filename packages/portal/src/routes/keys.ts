import type { FastifyInstance } from 'fastify';
import { endpoints, type Key } from 'job-trigger-contract';
import { keyToWire } from 'job-trigger-contract/mapping';
import { JobTriggerError, type ApiKey, type Person } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Keys of programs: everybody’s own, and for administrators those of all. */
export function keyRoutes(app: FastifyInstance, { operations, store }: PortalOptions): void {
  const { keys } = operations;
  const idOf = ({ id }: { readonly id: string }): number => referenceOf(id, 'key').id;

  async function shown(found: readonly ApiKey[], asks: number | null): Promise<Key[]> {
    const now = await store.now();
    const owners = new Map<number, Person | null>();
    for (const { personId } of found) if (!owners.has(personId)) owners.set(personId, await store.people.get(personId));
    return found.map((key) =>
      keyToWire(key, { owner: owners.get(key.personId) ?? null, mine: key.personId === asks, now }),
    );
  }

  async function shownOne(key: ApiKey, asks: number | null): Promise<Key> {
    const [one] = await shown([key], asks);
    if (one === undefined) throw new JobTriggerError('not_found', 'There is no such key.');
    return one;
  }

  serve(app, endpoints.listKeys, async ({ query, actor, request }) => {
    if (query.all === true && request.caller?.role !== 'admin')
      throw new JobTriggerError('forbidden', 'The keys of everybody are for administrators.');
    const found = query.all === true ? await keys.list(null) : await ownKeys(actor.personId);
    return { items: await shown(found, actor.personId) };
  });

  const ownKeys = async (personId: number | null): Promise<readonly ApiKey[]> =>
    personId === null ? [] : keys.list(personId);

  serve(app, endpoints.createKey, async ({ body, actor, reply }) => {
    const { valid_days: validDays, ...input } = body;
    const { key, secret } = await keys.create({ ...input, validDays }, actor);
    void reply.header('cache-control', 'no-store');
    return { ...(await shownOne(key, actor.personId)), secret };
  });

  serve(app, endpoints.rotateKey, async ({ params, body, actor, reply }) => {
    const options = { overlapSeconds: body?.overlap_seconds, validDays: body?.valid_days };
    const { key, secret } = await keys.rotate(idOf(params), options, actor);
    void reply.header('cache-control', 'no-store');
    return { ...(await shownOne(key, actor.personId)), secret };
  });

  serve(app, endpoints.revokeKey, async ({ params, actor, request }) => {
    const { caller } = request;
    // A key reaches what is another’s only with the scope for it.
    const anyOwner = caller?.role === 'admin' && (caller.key === null || caller.key.scopes.includes('admin'));
    await keys.revoke(idOf(params), { anyOwner }, actor);
    return undefined;
  });
}
