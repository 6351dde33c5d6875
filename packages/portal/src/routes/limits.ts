import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { limitsToWire, lockToWire, queueToWire, quotaToWire } from 'job-trigger-contract/mapping';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Queues, locks and limits, and the place of a run among those that wait. */
export function limitRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  const { limits, runs } = operations;

  serve(app, endpoints.listQueues, async () => ({ items: (await limits.queues()).map(queueToWire) }));
  serve(app, endpoints.changeQueue, async ({ params, body, actor }) => {
    const { limit: slots, paused, note } = body;
    return queueToWire(await limits.changeQueue(params.name, { slots, paused, note }, actor));
  });
  serve(app, endpoints.listLocks, async () => ({ items: (await limits.locks()).map(lockToWire) }));
  serve(app, endpoints.setLock, async ({ params, body, actor }) =>
    lockToWire(await limits.setLock(params.name, body.count, actor)),
  );
  serve(app, endpoints.resetLock, async ({ params, actor }) => {
    await limits.resetLock(params.name, actor);
    return undefined;
  });
  serve(app, endpoints.limits, async () => limitsToWire(await limits.limits()));
  serve(app, endpoints.changeLimits, async ({ body, actor }) => limitsToWire(await limits.changeLimits(body, actor)));
  serve(app, endpoints.setPersonLimit, async ({ params, body, actor }) =>
    limitsToWire(await limits.setPerson(params.email, body.limit, actor)),
  );
  serve(app, endpoints.resetPersonLimit, async ({ params, actor }) =>
    limitsToWire(await limits.resetPerson(params.email, actor)),
  );
  serve(app, endpoints.moveToFront, async ({ params, actor }) => {
    await runs.moveToFront(referenceOf(params.id, 'run'), actor);
    return { run_id: params.id };
  });
  serve(app, endpoints.ownQuota, async ({ actor }) => quotaToWire(await limits.useOf(actor.personId)));
  serve(app, endpoints.userQuota, async ({ params }) =>
    quotaToWire(await limits.useOf(referenceOf(params.id, 'person').id)),
  );
}
