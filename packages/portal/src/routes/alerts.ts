import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { alertToWire } from 'job-trigger-contract/mapping';
import { formatInstant, suffices, type Actor, type AlertFilter } from 'job-trigger-core';
import { levelsOf } from '../access/reach.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, serveShared, type Caller } from '../route.ts';

const mostAtOnce = 500;

/** What did not run, and who has seen it. */
export function alertRoutes(app: FastifyInstance, { operations, store }: PortalOptions): void {
  serveShared(app, endpoints.listAlerts, async ({ query }) => {
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

  serveShared(app, endpoints.countAlerts, async () => ({
    ...(await operations.alerts.count()),
    checked_at: formatInstant(await store.now()),
  }));

  serve(app, endpoints.acknowledgeAlert, async ({ params, actor }) => {
    const alert = await operations.alerts.acknowledge(referenceOf(params.id, 'alert').id, actor);
    const job = alert.jobId === null ? null : await store.jobs.get(alert.jobId);
    return alertToWire(alert, job?.definition.name ?? null);
  });

  /** Those that they see and may act on. */
  async function acknowledgeSeen(caller: Caller, actor: Actor): Promise<number> {
    const unread = await store.alerts.unread(mostAtOnce);
    const levels = await levelsOf(store, caller, [...new Set(unread.flatMap(({ jobId }) => jobId ?? []))]);
    const own = unread.filter(({ jobId }) => jobId === null || suffices(levels.get(jobId) ?? null, 'run'));
    for (const { id } of own) await operations.alerts.acknowledge(id, actor);
    return own.length;
  }

  serve(app, endpoints.acknowledgeAllAlerts, async ({ actor, request: { caller } }) => ({
    acknowledged:
      caller === null || caller.role === 'admin'
        ? await operations.alerts.acknowledgeAll(actor)
        : await acknowledgeSeen(caller, actor),
  }));
}
