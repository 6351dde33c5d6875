/**
 * Instants that the ledger knows already although a schedule's cursor stands before them: there are some after the clock
 * went back. They are not planned again, and no gap may count them.
 */
import type { Instant } from '../model/instant.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { countOf, nextPlanOf } from '../schedule/occurrences.ts';
import type { Fate, Span } from './enumerate.ts';

/** An instant that has its entry. It makes none, and nothing that ended alike reaches over it. */
export interface Known {
  readonly kind: 'known';
  readonly dueAt: Instant;
}

type Stretch = Pick<Span, 'fromAt' | 'toAt' | 'count'>;

const mostCounted = 1_000_000;

/** Puts marks in the places of what is known, and takes it out of what is counted. */
export function withoutKnown(
  spec: ScheduleSpec,
  fates: readonly (Fate | Span)[],
  known: readonly LedgerEntry[],
): readonly (Fate | Span | Known)[] {
  if (known.length === 0) return fates;
  const covers = (at: Instant): boolean => known.some((entry) => startOf(entry) <= at && at <= endOf(entry));
  return fates.flatMap((fate): (Fate | Span | Known)[] => {
    if (fate.kind !== 'span') return covers(fate.dueAt) ? [{ kind: 'known', dueAt: fate.dueAt }] : [fate];
    return stretchesOf(spec, fate, known).map((stretch) => ({ ...fate, ...stretch }));
  });
}

/** The parts of a counted stretch that the ledger does not know; the whole of it when it knows nothing there. */
export function stretchesOf<S extends Stretch>(
  spec: ScheduleSpec,
  stretch: S,
  known: readonly LedgerEntry[],
): readonly S[] {
  const inside = known
    .filter((entry) => endOf(entry) >= stretch.fromAt && startOf(entry) <= stretch.toAt)
    .toSorted((a, b) => startOf(a) - startOf(b));
  if (inside.length === 0) return [stretch];
  const parts: S[] = [];
  let after = stretch.fromAt - 1;
  for (const { start, end } of [
    ...inside.map((entry) => ({ start: startOf(entry), end: endOf(entry) })),
    { start: stretch.toAt + 1, end: stretch.toAt + 1 },
  ]) {
    const count = countOf(spec, { after, until: start - 1, limit: mostCounted });
    const fromAt = nextPlanOf(spec, after);
    if (count > 0 && fromAt !== null) parts.push({ ...stretch, fromAt, toAt: start - 1, count });
    after = Math.max(after, end);
  }
  return parts;
}

const startOf = (entry: LedgerEntry): Instant => (entry.kind === 'gap' ? entry.fromAt : entry.dueAt);
const endOf = (entry: LedgerEntry): Instant => (entry.kind === 'gap' ? entry.toAt : entry.dueAt);
