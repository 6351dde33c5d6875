import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Gap, LedgerEntry, Occurrence } from '../model/occurrence.ts';
import type { Page, PageRequest } from './job-tables.ts';

/** Entries that touch a span, or ended in one way. */
export interface LedgerFilter {
  /** Instants from this one on; a gap that reaches over it counts. */
  readonly from?: Instant | undefined;
  /** Instants up to this one, which is included. */
  readonly to?: Instant | undefined;
  readonly state?: 'dispatched' | 'skipped' | undefined;
  readonly reasons?: readonly string[] | undefined;
  readonly scheduleId?: Id | undefined;
}

/** What retention may take of the ledger: older than `before`, and outside the catch-up window of its job at `now`. */
export interface LedgerAge {
  readonly before: Instant;
  readonly now: Instant;
}

/** The ledger: rows are inserted and never changed. */
export interface LedgerTable {
  /** @returns the keys that were new, in no particular order; a key known before is left as it is. */
  insert(rows: readonly Occurrence[]): Promise<readonly { readonly scheduleId: Id; readonly dueAt: Instant }[]>;
  /** A gap whose (schedule, from) is known is left as it is. */
  insertGaps(gaps: readonly Gap[]): Promise<void>;
  /** Of all schedules a job has or had, newest instant first; a gap stands at its `to`. */
  ofJob(jobId: Id, page: PageRequest, filter?: LedgerFilter): Promise<Page<LedgerEntry>>;
  /** The entries that hold an instant: of each of these schedules at most one. */
  at(scheduleIds: readonly Id[], instant: Instant): Promise<readonly LedgerEntry[]>;
  /** The newest entries, for "why did it not run". */
  lastOfSchedules(scheduleIds: readonly Id[], limit: number): Promise<readonly LedgerEntry[]>;
  /**
   * Instants decided since `since` that became no run, for the overview: those that nobody was there for in time, as
   * `missed` of the watch table tells them, and all others. A gap counts as many as it stands for.
   */
  skippedSince(since: Instant, toleranceMs: Millis): Promise<{ readonly missed: number; readonly otherwise: number }>;
  /** Removes rows of all schedules a job has or had, at most `limit` of each table. @returns how many */
  removeOfJob(jobId: Id, limit: number): Promise<number>;
  /**
   * Entries of instants beyond the cursors of these schedules, ascending: there are some only after the clock went back,
   * so that this costs next to nothing otherwise.
   */
  ahead(cursors: readonly { readonly scheduleId: Id; readonly cursorAt: Instant }[]): Promise<readonly LedgerEntry[]>;
  /** Takes back what was decided of instants after `after` without a run: skipped rows, and gaps that begin there. */
  withdraw(scheduleId: Id, after: Instant): Promise<void>;
  /** Lets a gap end earlier, with fewer instants; without any it is gone. */
  shorten(gap: Gap, to: { readonly toAt: Instant; readonly count: number }): Promise<void>;
  /** Removes what is old enough, about `limit` rows of it. @returns how many rows and gaps; none when it is done */
  prune(age: LedgerAge, limit: number): Promise<number>;
  /** What {@link prune} would remove. */
  prunable(age: LedgerAge): Promise<{ readonly occurrences: number; readonly gaps: number }>;
}
