import type { AuditHead, AuditRow, AuditWay, NewAuditRow } from '../model/audit.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { StoredAuditRow } from './audit-chain.ts';
import type { Page, PageRequest } from './job-tables.ts';

/** Absent fields let everything through. */
export interface AuditFilter {
  readonly personId?: Id | undefined;
  /** Of who did it, as it was then. */
  readonly name?: string | undefined;
  readonly via?: AuditWay | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly subjectKind?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly subjectName?: string | undefined;
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly until?: Instant | undefined;
}

export interface AuditTable {
  /**
   * Rows of what this transaction does. They are numbered, chained and written last of all, right before its commit: the
   * end of the chain is the last thing that a transaction locks, so that nobody waits for it longer than for a commit.
   */
  add(rows: readonly NewAuditRow[]): Promise<void>;
  /** Writes what {@link add} collected; the store's, before a commit. */
  write(): Promise<void>;
  head(): Promise<AuditHead>;
  /** Newest first. */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;
  /** As they stand, ascending, from behind `sequence`. */
  after(sequence: number, limit: number): Promise<readonly StoredAuditRow[]>;
}
