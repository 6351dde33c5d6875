/** How fates are written down: a few instants as rows, many alike as one counted gap. */
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Gap, Occurrence, SkipReason } from '../model/occurrence.ts';
import type { Span } from './enumerate.ts';
import type { Known } from './known.ts';

/** What became of one instant in the end. */
export type Settled =
  | { readonly kind: 'run'; readonly dueAt: Instant; readonly run: Reference }
  | { readonly kind: 'skip'; readonly dueAt: Instant; readonly reason: SkipReason; readonly cause: Reference | null };

/** Up to so many neighbours that ended alike have a row each, which names their cause. */
const longestRows = 100;

export interface LedgerRows {
  readonly occurrences: readonly Occurrence[];
  readonly gaps: readonly Gap[];
}

export interface LedgerFacts {
  readonly decidedAt: Instant;
  /** More neighbours than this that were missed are one gap; 100 when absent. */
  readonly rowsOfMisfire?: number | undefined;
}

/** Rows of one schedule. `settled` is ascending and holds every instant of its span, so that a gap encloses no other. */
export function ledgerRows(
  { id: scheduleId, revision }: { readonly id: Id; readonly revision: number },
  settled: readonly (Settled | Span | Known)[],
  { decidedAt, rowsOfMisfire = longestRows }: LedgerFacts,
): LedgerRows {
  const occurrences: Occurrence[] = [];
  const gaps: Gap[] = [];
  const longestOf = (entry: Settled): number =>
    entry.kind === 'skip' && entry.reason === 'misfire' ? rowsOfMisfire : longestRows;
  const row = (entry: Settled): Occurrence => ({
    kind: 'occurrence',
    scheduleId,
    dueAt: entry.dueAt,
    revision,
    runId: entry.kind === 'run' ? entry.run.id : null,
    runCreatedAt: entry.kind === 'run' ? entry.run.createdAt : null,
    reason: entry.kind === 'run' ? null : entry.reason,
    causeRunId: entry.kind === 'run' ? null : (entry.cause?.id ?? null),
    causeCreatedAt: entry.kind === 'run' ? null : (entry.cause?.createdAt ?? null),
    decidedAt,
  });
  for (let at = 0; at < settled.length;) {
    const entry = settled[at] as Settled | Span | Known;
    if (entry.kind === 'known') {
      at += 1;
      continue;
    }
    if (entry.kind === 'span') {
      gaps.push({ ...entry, kind: 'gap', scheduleId, decidedAt });
      at += 1;
      continue;
    }
    let end = at + 1;
    while (entry.kind === 'skip' && isLike(settled[end], entry.reason)) end += 1;
    const alike = settled.slice(at, end) as Settled[];
    if (alike.length <= longestOf(entry)) occurrences.push(...alike.map(row));
    else {
      const toAt = (alike.at(-1) ?? entry).dueAt;
      const reason = (entry as Extract<Settled, { kind: 'skip' }>).reason;
      gaps.push({ kind: 'gap', scheduleId, fromAt: entry.dueAt, toAt, count: alike.length, reason, decidedAt });
    }
    at = end;
  }
  return { occurrences, gaps };
}

function isLike(entry: Settled | Span | Known | undefined, reason: SkipReason): boolean {
  return entry?.kind === 'skip' && entry.reason === reason;
}
