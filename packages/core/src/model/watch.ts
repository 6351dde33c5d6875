/** What a watcher reads of queue, ledger and record; counted by job, so that its size is that of the trouble. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { SkipReason } from './occurrence.ts';
import type { Trigger } from './run.ts';

/** Waiting runs that are looked at in one pass, those that could have started first, of all lines in turn: with so many, counts are of these. */
export const mostWaiting = 500;

/** Waiting runs of one job and one trigger that may start since a while. */
export interface WaitingGroup {
  readonly jobId: Id;
  readonly trigger: Trigger;
  /** Whether this would be their first attempt. */
  readonly first: boolean;
  readonly count: number;
  /** The oldest of them. */
  readonly runId: Id;
  readonly runCreatedAt: Instant;
  readonly scheduleId: Id | null;
  readonly dueAt: Instant | null;
  readonly availableAt: Instant;
  readonly reason: string | null;
}

/** Instants of one job that ended alike, decided together. */
export interface MissedGroup {
  readonly jobId: Id;
  readonly reason: Extract<SkipReason, 'misfire' | 'coalesced' | 'clock'>;
  readonly count: number;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly decidedAt: Instant;
}

/** What of a job went well since. */
export interface Success {
  readonly jobId: Id;
  readonly createdAt: Instant;
  /** The youngest due instant that ran. */
  readonly dueAt: Instant | null;
  /** Creation of the youngest backfilled run. */
  readonly backfilledAt: Instant | null;
}
