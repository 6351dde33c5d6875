import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { graphToWire } from 'job-trigger-contract/mapping';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

export function graphRoutes(app: FastifyInstance, { operations, config }: PortalOptions): void {
  serve(app, endpoints.graph, async ({ query: { job_id, depth, limit } }) =>
    graphToWire(
      await operations.graph.graph({
        jobId: job_id === undefined ? undefined : referenceOf(job_id, 'job').id,
        depth,
        limit,
      }),
      config.values.engine.breaker.shown,
    ),
  );
}
