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
  /**
   * Lets waiting runs that no person asked for wait for the end of what holds their job at `now`, with the reason
   * `maintenance`, and those that nothing holds any more wait no longer. Doing it again changes nothing.
   * @returns how many were moved
   */
  placeWaiting(now: Instant): Promise<number>;
  /** When a scheduler has something to do that no schedule names: a pause ends, maintenance begins, or did and is not settled. */
  turns(): Promise<{ readonly resumeAt: Instant | null; readonly maintenanceFrom: Instant | null }>;
  /** After the clock went back: windows whose time ends after `now` are reckoned with again. */
  reopen(now: Instant): Promise<void>;
  /** Schedules of a scope by job and id, those of deleted jobs too. */
  reachedBy(scopes: readonly MaintenanceScope[]): Promise<readonly CalendarLink[]>;
}
