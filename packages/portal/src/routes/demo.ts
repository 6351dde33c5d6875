import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { formatInstant } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { serve } from '../route.ts';

export function demoRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  serve(app, endpoints.demo, async () => {
    const { filledAt, jobs, runs, files } = await operations.demo.status();
    return { filled_at: filledAt === null ? null : formatInstant(filledAt), jobs, runs, files: [...files] };
  });

  serve(app, endpoints.removeDemo, async ({ actor }) => {
    const { jobs, runs, filesRemoved, filesKept } = await operations.demo.remove(actor);
    return { jobs, runs, files_removed: [...filesRemoved], files_kept: [...filesKept] };
  });
}
