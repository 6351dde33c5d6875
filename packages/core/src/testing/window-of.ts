import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { MaintenanceWindow } from '../model/maintenance.ts';

/** Maintenance of all jobs for a second. */
export const windowOf = (id: Id, from: Instant, overrides: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  id,
  createdAt: from,
  scope: { kind: 'all' },
  from,
  until: from + 1000,
  reason: null,
  resume: 'skip',
  by: 'mei',
  endedAt: null,
  endedBy: null,
  settledAt: null,
  ...overrides,
});
