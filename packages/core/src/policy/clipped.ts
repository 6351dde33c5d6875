import type { Instant } from '../model/instant.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { countOf, nextPlanOf } from '../schedule/occurrences.ts';

const mostCounted = 1_000_000;

/**
 * The part of an entry that lies in [from, to]. A gap is cut by the rule that it was counted with; where that was
 * changed since, it stays whole rather than being counted by another.
 */
export function clipped(
  entry: LedgerEntry,
  spec: ScheduleSpec | undefined,
  { from = -Infinity, to = Infinity }: { readonly from?: Instant | undefined; readonly to?: Instant | undefined },
): LedgerEntry {
  if (entry.kind !== 'gap' || spec === undefined || (entry.fromAt >= from && entry.toAt <= to)) return entry;
  const countIn = (first: Instant, last: Instant): number =>
    countOf(spec, { after: first - 1, until: last, limit: mostCounted });
  if (countIn(entry.fromAt, entry.toAt) !== entry.count) return entry;
  const [first, last] = [Math.max(entry.fromAt, from), Math.min(entry.toAt, to)];
  const fromAt = nextPlanOf(spec, first - 1);
  const count = countIn(first, last);
  return fromAt === null || count === 0 ? entry : { ...entry, fromAt, toAt: last, count };
}
