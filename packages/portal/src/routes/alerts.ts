import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { alertToWire } from 'job-trigger-contract/mapping';
import { formatInstant, type AlertFilter } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** What did not run, and who has seen it. */
export function alertRoutes(app: FastifyInstance, { operations, store }: PortalOptions): void {
  serve(app, endpoints.listAlerts, async ({ query }) => {
    const filter: AlertFilter = {
      ...(query.state === 'all' ? {} : { open: query.state === 'open' }),
      ...(query.kind === undefined ? {} : { kinds: query.kind }),
      ...(query.job_id === undefined ? {} : { jobId: referenceOf(query.job_id, 'job').id }),
    };
    const page = await operations.alerts.list(filter, { limit: query.limit, after: query.cursor ?? null });
    const jobs = await store.jobs.byIds([...new Set(page.items.flatMap(({ jobId }) => jobId ?? []))]);
    return {
      items: page.items.map((alert) =>
        alertToWire(alert, alert.jobId === null ? null : (jobs.get(alert.jobId)?.definition.name ?? null)),
      ),
      next_cursor: page.next,
      limit: query.limit,
      unread: (await operations.alerts.count()).unread,
      checked_at: formatInstant(await store.now()),
    };
  });

  serve(app, endpoints.countAlerts, async () => ({
    ...(await operations.alerts.count()),
    checked_at: formatInstant(await store.now()),
  }));

  serve(app, endpoints.acknowledgeAlert, async ({ params, actor }) => {
    const alert = await operations.alerts.acknowledge(referenceOf(params.id, 'alert').id, actor);
    const job = alert.jobId === null ? null : await store.jobs.get(alert.jobId);
    return alertToWire(alert, job?.definition.name ?? null);
  });

  serve(app, endpoints.acknowledgeAllAlerts, async ({ actor }) => ({
    acknowledged: await operations.alerts.acknowledgeAll(actor),
  }));
}
