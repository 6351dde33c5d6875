import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Cutoffs, Due, LeaseFacts, TallyName } from '../model/upkeep.ts';

/** What keeps an installation well, and tells whether it is. */
export interface UpkeepTable {
  due(cutoffs: Cutoffs, most: number): Promise<Due>;
  leases(claimLockMs: Millis): Promise<LeaseFacts>;
  /** Adds to the counters of a scheduler or worker. */
  count(owner: Id, counts: Partial<Readonly<Record<TallyName, number>>>): Promise<void>;
  /** Sums over everybody, those who are gone included. */
  totals(): Promise<Readonly<Record<TallyName, number>>>;
  /** The counters of each worker and scheduler that is known. */
  talliesOf(): Promise<ReadonlyMap<Id, Partial<Readonly<Record<TallyName, number>>>>>;
  /** Hands the counters of those whose rows are gone to owner 0. */
  fold(): Promise<void>;
  /** Counts runs that have ended, `limit` events at most. @returns how many were looked at; 0 when all is counted */
  tally(limit: number): Promise<number>;
  /** How many events came since what was counted last, at most. */
  untallied(): Promise<number>;
  /** Forgets counts of hours before this one. */
  pruneTallies(before: Instant): Promise<void>;
}
