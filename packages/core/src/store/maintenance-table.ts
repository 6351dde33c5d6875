import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { MaintenanceScope, MaintenanceWindow } from '../model/maintenance.ts';
import type { CalendarLink } from './calendar-table.ts';

export interface MaintenanceTable {
  insert(window: MaintenanceWindow): Promise<void>;
  /** Writes everything but the identity. */
  update(window: MaintenanceWindow): Promise<void>;
  get(id: Id): Promise<MaintenanceWindow | null>;
  /** By their beginning, the latest first. */
  list(limit: number): Promise<readonly MaintenanceWindow[]>;
  /** Those that some schedule may still have to reckon with, oldest first. */
  unsettled(): Promise<readonly MaintenanceWindow[]>;
  /** Locks the row until the transaction ends. */
  lock(id: Id): Promise<void>;
  /** After the clock went back: windows whose time ends after `now` are reckoned with again. */
  reopen(now: Instant): Promise<void>;
  /** Schedules of a scope by job and id, those of deleted jobs too. */
  reachedBy(scopes: readonly MaintenanceScope[]): Promise<readonly CalendarLink[]>;
}
