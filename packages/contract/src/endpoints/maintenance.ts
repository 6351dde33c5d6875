/** Windows in which nothing is dispatched by itself. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { QueryFlag, Uuid } from '../shapes/common.ts';
import { Maintenance, MaintenanceInput, MaintenancePatch, MaintenanceSet } from '../shapes/maintenance.ts';

const Id = z.strictObject({ id: Uuid });

export const maintenanceEndpoints = {
  listMaintenance: endpoint({
    method: 'GET',
    path: '/api/maintenance',
    access: 'viewer',
    tag: 'Operate',
    summary: 'Maintenance windows: active and upcoming ones first, then those that are over.',
    status: 200,
    answer: z.object({ items: z.array(Maintenance) }),
  }),
  setMaintenance: endpoint({
    method: 'POST',
    path: '/api/maintenance',
    access: 'operator',
    tag: 'Operate',
    summary: 'Set a maintenance window; with `dry_run` only tell what it would cost.',
    query: z.strictObject({ dry_run: QueryFlag.optional() }),
    body: MaintenanceInput,
    status: 200,
    answer: MaintenanceSet,
  }),
  changeMaintenance: endpoint({
    method: 'PATCH',
    path: '/api/maintenance/{id}',
    access: 'operator',
    tag: 'Operate',
    summary: 'Change a window that is not over; absent fields stay.',
    params: Id,
    body: MaintenancePatch,
    status: 200,
    answer: Maintenance,
  }),
  endMaintenance: endpoint({
    method: 'DELETE',
    path: '/api/maintenance/{id}',
    access: 'operator',
    tag: 'Operate',
    summary: 'End a window now, or call one off that has not begun. It is kept as history.',
    params: Id,
    status: 200,
    answer: Maintenance,
  }),
} as const;
