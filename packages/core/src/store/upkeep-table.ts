import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';

/** What schedulers and workers count, all of it ever since. */
export const tallyNames = ['passes', 'found', 'dispatched', 'skipped', 'executed', 'succeeded', 'failed'] as const;
export type TallyName = (typeof tallyNames)[number];

/** Everything before these instants is to go. */
export interface Cutoffs {
  readonly runs: Instant;
  readonly ledger: Instant;
  readonly events: Instant;
  readonly jobs: Instant;
}

/** What retention would remove now; each count stops at the bound that was given. */
export interface Due {
  readonly runs: number;
  readonly ledger: number;
  readonly events: number;
  readonly jobs: number;
  /** Of the runs that are to go, when the oldest was created; null without any. */
  readonly oldestRunAt: Instant | null;
}

/** Leases by what may be wrong with them. */
export interface LeaseFacts {
  readonly total: number;
  /** Claimed for longer than the lock lasts, and not started. */
  readonly claimedTooLong: number;
  /** Of a worker that is gone, or of a former incarnation of one. */
  readonly orphaned: number;
}

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
}
