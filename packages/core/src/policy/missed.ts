/** Instants that nobody was there for: what an alert tells, and what a backfill can make good. */
import { missedForGood, type LedgerEntry, type Missed } from '../model/occurrence.ts';

/** What new entries of the ledger say was missed: one a schedule and reason, however many entries tell it. */
export function missedOf(entries: readonly LedgerEntry[]): readonly Missed[] {
  const found = new Map<string, Missed>();
  for (const entry of entries) {
    const reason = missedForGood.find((each) => each === entry.reason);
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
