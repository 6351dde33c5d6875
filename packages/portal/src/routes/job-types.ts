import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { jobTypeToWire } from 'job-trigger-contract/mapping';
import type { PortalOptions } from '../portal.ts';
import { serve } from '../route.ts';

export function jobTypeRoutes(app: FastifyInstance, { operations: { jobTypes } }: PortalOptions): void {
  serve(app, endpoints.listJobTypes, () => ({ items: jobTypes.all().map(jobTypeToWire) }));
  serve(app, endpoints.listPlugins, () => ({
    items: jobTypes.plugins.map(({ types, ...plugin }) => ({ ...plugin, types: [...types] })),
  }));
}
