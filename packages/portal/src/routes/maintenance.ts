import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import {
  maintenanceChangeToCore,
  maintenanceCostToWire,
  maintenanceToCore,
  maintenanceToWire,
  type NamedJobs,
} from 'job-trigger-contract/mapping';
import type { MaintenanceView } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

export function maintenanceRoutes(app: FastifyInstance, { operations, store }: PortalOptions): void {
  const { maintenance } = operations;
  const idOf = (uuid: string): number => referenceOf(uuid, 'maintenance window').id;
  const namedIn = (views: readonly MaintenanceView[]): Promise<NamedJobs> => {
    const ids = views.flatMap(({ window: { scope } }) => (scope.kind === 'jobs' ? scope.jobs : []));
    return store.jobs.byIds([...new Set(ids)]);
  };
  const wireOf = async (view: MaintenanceView) => maintenanceToWire(view, await namedIn([view]));

  serve(app, endpoints.listMaintenance, async () => {
    const views = await maintenance.list();
    const jobs = await namedIn(views);
    return { items: views.map((view) => maintenanceToWire(view, jobs)) };
  });
  serve(app, endpoints.setMaintenance, async ({ body, query, actor }) => {
    const input = maintenanceToCore(body);
    const cost = await maintenance.cost(input);
    const jobs = await store.jobs.byIds([...new Set(cost.running.map(({ jobId }) => jobId))]);
    const window = query.dry_run === true ? null : await wireOf(await maintenance.create(input, actor));
    return { window, cost: maintenanceCostToWire(cost, jobs) };
  });
  serve(app, endpoints.changeMaintenance, async ({ params, body, actor }) =>
    wireOf(await maintenance.change(idOf(params.id), maintenanceChangeToCore(body), actor)),
  );
  serve(app, endpoints.endMaintenance, async ({ params, actor }) =>
    wireOf(await maintenance.end(idOf(params.id), actor)),
  );
}
