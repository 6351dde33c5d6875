import type { Alert, AlertKind } from '../model/alert.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Page, PageRequest } from './job-tables.ts';

/** An alert about to stand. */
export type NewAlert = Omit<
  Alert,
  'createdAt' | 'updatedAt' | 'resolvedAt' | 'resolution' | 'acknowledgedAt' | 'acknowledgedBy'
>;

/** What may change while it stands. */
export type AlertChange = Pick<
  Alert,
  'severity' | 'title' | 'text' | 'count' | 'runId' | 'runCreatedAt' | 'fromAt' | 'toAt' | 'seen'
>;

/** Every field narrows; absent ones do not. */
export interface AlertFilter {
  /** Only those that stand, or only those that ended. */
  readonly open?: boolean;
  readonly kinds?: readonly AlertKind[];
  readonly jobId?: Id;
}

export interface AlertTable {
  get(id: Id): Promise<Alert | null>;
  /** All that stand, oldest first. */
  open(limit: number): Promise<readonly Alert[]>;
  /** Newest first. */
  list(filter: AlertFilter, page: PageRequest): Promise<Page<Alert>>;
  /** Those that stand and that nobody has acknowledged, oldest first. */
  unread(limit: number): Promise<readonly Alert[]>;
  /** How many stand, and how many of those nobody has acknowledged. */
  count(): Promise<{ readonly open: number; readonly unread: number }>;
  /** Of each of these causes the newest alert, standing or ended. */
  newest(fingerprints: readonly string[]): Promise<readonly Alert[]>;
  /** @returns those that were raised; a cause whose alert stands already is left out */
  raise(alerts: readonly NewAlert[]): Promise<readonly Alert[]>;
  /** Writes over one that stands and has counted no more than `ifSeen`. @returns false when it has, or has ended */
  update(id: Id, change: AlertChange, ifSeen: number | null): Promise<boolean>;
  /** @returns false when it had ended */
  resolve(id: Id, resolution: string): Promise<boolean>;
  /** @returns false when somebody had, or it does not stand */
  acknowledge(id: Id, by: string): Promise<boolean>;
  /** Undoes an acknowledgement that ended it, unless its cause has another one by now. @returns whether it did */
  reopen(id: Id): Promise<boolean>;
  /** Removes what ended before `before`. @returns how many */
  prune(before: Instant): Promise<number>;
}
