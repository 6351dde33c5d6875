import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { formatInstant, toUuid } from 'job-trigger-core';
import { beginView, endView } from '../access/views.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Administrators look with the eyes of others. */
export function viewRoutes(app: FastifyInstance, options: PortalOptions): void {
  serve(app, endpoints.beginView, async ({ params, request }) => {
    const { person, until } = await beginView(request, referenceOf(params.id, 'person').id, options);
    return { id: toUuid(person), name: person.name, email: person.email, until: formatInstant(until) };
  });
  serve(app, endpoints.endView, async ({ request }) => {
    await endView(request, options);
    return undefined;
  });
}
