/** What is counted, and what is looked at to tell whether an installation is well. */
import type { Instant } from './instant.ts';

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
