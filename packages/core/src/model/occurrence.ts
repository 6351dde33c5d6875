/** The ledger: what became of every due instant. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** Why an occurrence became no run. Its sentence is in the reason catalogue. */
export const skipReasons = [
  'overlap',
  'misfire',
  'blackout',
  'holiday',
  'active_hours',
  'paused',
  'maintenance',
  'breaker',
  'dependency',
  'dst_gap',
  'clock',
  'coalesced',
  'not_approved',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** One (schedule, instant), known at most once; never changes its mind. */
export interface Occurrence {
  readonly kind: 'occurrence';
  readonly scheduleId: Id;
  readonly dueAt: Instant;
  readonly revision: number;
  readonly runId: Id | null;
  /** The `created_at` of the run, needed to name it outside. */
  readonly runCreatedAt: Instant | null;
  readonly reason: SkipReason | null;
  /** The run that stood in the way. */
  readonly causeRunId: Id | null;
  readonly causeCreatedAt: Instant | null;
  readonly decidedAt: Instant;
}

/** Instants of one schedule that ended alike without a run, counted. Both ends belong to it. */
export interface Gap {
  readonly kind: 'gap';
  readonly scheduleId: Id;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
  readonly reason: SkipReason;
  readonly decidedAt: Instant;
}

export type LedgerEntry = Occurrence | Gap;

/**
 * Missed means: nobody was there in time. What a rule, a person or a calendar held back is skipped. What was folded into a
 * catch-up run was missed too; schedules of one instant fold on time, so that only its lateness tells (`ledger-table.ts`).
 */
export const missedReasons = ['misfire', 'clock', 'coalesced'] as const satisfies readonly SkipReason[];

/** Missed, and nothing stands for it: what an event tells, so that somebody may make it good. */
export const missedForGood = ['misfire', 'clock'] as const satisfies readonly SkipReason[];

/** Instants of one schedule that were missed for good, in one pass and for one reason. */
export interface Missed {
  readonly scheduleId: Id;
  readonly reason: (typeof missedForGood)[number];
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
}

/** The name of an occurrence towards the job and other systems: `<schedule uuid>@<due_at RFC 3339>`. */
export function occurrenceKey(scheduleUuid: string, dueAtText: string): string {
  return `${scheduleUuid}@${dueAtText}`;
}
