import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { jobTypeToWire, jobToWire, provisionToWire } from 'job-trigger-contract/mapping';
import type { PortalOptions } from '../portal.ts';
import { referenceOf, workersNamed } from '../references.ts';
import { serve } from '../route.ts';

export function jobTypeRoutes(app: FastifyInstance, { operations, store, config }: PortalOptions): void {
  const { jobTypes, provisioning } = operations;
  serve(app, endpoints.listJobTypes, () => ({ items: jobTypes.all().map(jobTypeToWire) }));
  serve(app, endpoints.listPlugins, () => ({
    items: jobTypes.plugins.map(({ types, ...plugin }) => ({ ...plugin, types: [...types] })),
  }));
  serve(app, endpoints.provision, async ({ body }) => ({
    items: (await provisioning.provision(body.types ?? null)).map(provisionToWire),
  }));
  serve(app, endpoints.detachJob, async ({ params, actor }) => {
    const summary = await provisioning.detach(referenceOf(params.id, 'job').id, actor);
    const named = { schedules: new Map(), workers: await workersNamed(store) };
    return jobToWire(summary, named, config.values.engine.breaker);
  });
}
