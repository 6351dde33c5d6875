import type { BlackoutScope, Calendar } from '../model/calendar.ts';
import type { Id } from '../model/id.ts';

/** A calendar without its entries, as lists show it. */
export interface CalendarSummary extends Omit<Calendar, 'content'> {
  readonly kind: Calendar['content']['kind'];
  readonly scope: string;
  /** Holidays, or windows of all sorts. */
  readonly entries: number;
  /** Living jobs with a schedule that attaches it. */
  readonly usedBy: number;
}

export interface CalendarLink {
  readonly scheduleId: Id;
  readonly jobId: Id;
}

export interface CalendarTable {
  /** @throws `name_taken` */
  insert(calendar: Calendar): Promise<void>;
  /** @returns false when the stored version is not `expectedVersion`. @throws `name_taken` */
  update(calendar: Calendar, expectedVersion: number): Promise<boolean>;
  remove(id: Id): Promise<void>;
  get(id: Id): Promise<Calendar | null>;
  count(): Promise<number>;
  /** All, by name. */
  list(): Promise<readonly CalendarSummary[]>;
  /** These, and all that count without being attached: what `resolveSpec` chooses from. */
  inForce(ids: readonly Id[]): Promise<readonly Calendar[]>;
  /** Locks the rows in id order until the transaction ends: a change of one waits for those who attach it. */
  lock(ids: readonly Id[]): Promise<void>;
  /** Schedules that attach it, by job and id, those of deleted jobs too. */
  attachedTo(id: Id): Promise<readonly CalendarLink[]>;
  /** The same, with those that a scope reaches besides. */
  reachedBy(id: Id, scopes: readonly BlackoutScope[]): Promise<readonly CalendarLink[]>;
}
