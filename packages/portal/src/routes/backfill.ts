import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { backfillToCore, backfillToWire, instantToCore } from 'job-trigger-contract/mapping';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Runs for instants that have passed. */
export function backfillRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  const { runs } = operations;
  const which = (query: { readonly created_at?: string | undefined }): number | null =>
    query.created_at === undefined ? null : instantToCore(query.created_at, 'created_at');

  serve(app, endpoints.backfill, async ({ params, body, actor, once }) =>
    backfillToWire(await runs.backfill(referenceOf(params.id, 'job').id, backfillToCore(body), actor, once)),
  );
  serve(app, endpoints.backfillProgress, ({ params, query }) =>
    runs.backfillProgress(referenceOf(params.id, 'job').id, which(query)),
  );
  serve(app, endpoints.cancelBackfill, async ({ params, query, actor }) => ({
    cancelled: await runs.cancelBackfill(referenceOf(params.id, 'job').id, which(query), actor),
  }));
}
