/** Instants that nobody was there for: what an alert tells, and what a backfill can make good. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { LedgerEntry, SkipReason } from '../model/occurrence.ts';

/** Missed means: nobody was there in time. What a rule, a person or a calendar held back is skipped. */
export const missedReasons = ['misfire', 'clock'] as const satisfies readonly SkipReason[];

export interface Missed {
  readonly scheduleId: Id;
  readonly reason: (typeof missedReasons)[number];
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
}

/** What new entries of the ledger say was missed: one a schedule and reason, however many entries tell it. */
export function missedOf(entries: readonly LedgerEntry[]): readonly Missed[] {
  const found = new Map<string, Missed>();
  for (const entry of entries) {
    const reason = missedReasons.find((each) => each === entry.reason);
    if (reason === undefined) continue;
    const [from, to, count] =
      entry.kind === 'gap' ? [entry.fromAt, entry.toAt, entry.count] : [entry.dueAt, entry.dueAt, 1];
    const key = `${entry.scheduleId} ${reason}`;
    const before = found.get(key);
    found.set(key, {
      scheduleId: entry.scheduleId,
      reason,
      fromAt: Math.min(from, before?.fromAt ?? from),
      toAt: Math.max(to, before?.toAt ?? to),
      count: count + (before?.count ?? 0),
    });
  }
  return [...found.values()];
}
