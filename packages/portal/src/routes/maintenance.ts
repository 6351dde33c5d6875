import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import {
  maintenanceChangeToCore,
  maintenanceCostToWire,
  maintenanceToCore,
  maintenanceToWire,
  type NamedJobs,
} from 'job-trigger-contract/mapping';
import { JobTriggerError, suffices, type MaintenanceScope, type MaintenanceView } from 'job-trigger-core';
import { levelMissing, levelsOf } from '../access/reach.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, type Caller } from '../route.ts';

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
  /** Who does not see everything may stop what they may run, job by job. */
  async function mayStop(caller: Caller | null, scope: MaintenanceScope): Promise<void> {
    if (caller === null || caller.role === 'admin') return;
    if (scope.kind !== 'jobs')
      throw new JobTriggerError(
        'forbidden',
        'Maintenance of all jobs or of tags is an administrator’s; name your jobs.',
      );
    const levels = await levelsOf(store, caller, scope.jobs);
    for (const id of scope.jobs) {
      const held = levels.get(id);
      if (held === undefined) throw new JobTriggerError('not_found', 'There is no such job.');
      if (!suffices(held, 'run')) throw levelMissing('run', held);
    }
  }
  async function mayChange(caller: Caller | null, id: number): Promise<void> {
    await maintenance.get(id);
    const whole = await store.maintenance.get(id);
    if (whole !== null) await mayStop(caller, whole.scope);
  }

  serve(app, endpoints.setMaintenance, async ({ body, query, actor, request }) => {
    const input = maintenanceToCore(body);
    await mayStop(request.caller, input.scope);
    const cost = await maintenance.cost(input);
    const jobs = await store.jobs.byIds([...new Set(cost.running.map(({ jobId }) => jobId))]);
    const window = query.dry_run === true ? null : await wireOf(await maintenance.create(input, actor));
    return { window, cost: maintenanceCostToWire(cost, jobs) };
  });
  serve(app, endpoints.changeMaintenance, async ({ params, body, actor, request }) => {
    await mayChange(request.caller, idOf(params.id));
    return wireOf(await maintenance.change(idOf(params.id), maintenanceChangeToCore(body), actor));
  });
  serve(app, endpoints.endMaintenance, async ({ params, actor, request }) => {
    await mayChange(request.caller, idOf(params.id));
    return wireOf(await maintenance.end(idOf(params.id), actor));
  });
}
