/** What a schedule's future looks like when it is drawn or counted, within a budget. Pure. */
import type { Instant, Millis } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { FilterReason } from '../schedule/filters.ts';
import { iterate } from '../schedule/occurrences.ts';

export interface Ahead {
  readonly at: Instant;
  readonly dropped: FilterReason | null;
}

/** Instants in (after, until], at most `limit`; null when there are more. */
export function aheadOf(
  spec: ScheduleSpec,
  { after, until, limit }: { readonly after: Instant; readonly until: Instant; readonly limit: number },
): readonly Ahead[] | null {
  const found: Ahead[] = [];
  for (const due of iterate(spec, after)) {
    if (due.at > until) break;
    if (found.length >= limit) return null;
    found.push(due);
  }
  return found;
}

/** Widths of a stretch that people can read off an axis. */
const widths: readonly Millis[] = [1, 5, 15, 60, 180, 360, 1440, 10_080, 43_200].map((minutes) => minutes * 60_000);

/** The narrowest stretch that cuts a span into no more than `most`. */
export function stretchOf(span: Millis, most: number): Millis {
  return widths.find((width) => span / width <= most) ?? Math.ceil(span / most / 86_400_000) * 86_400_000;
}

export interface Counts {
  readonly width: Millis;
  /** Place of the stretch, from 0, and how many instants run, and are dropped, in it. */
  readonly due: ReadonlyMap<number, number>;
  readonly dropped: ReadonlyMap<number, number>;
  /** The budget ended before the span did: the rest was reckoned from the rate so far. */
  readonly estimated: boolean;
  /** How many instants were looked at. */
  readonly walked: number;
}

/** Counts the instants in (after, until] by stretches that begin at `from`. */
export function countAhead(
  spec: ScheduleSpec,
  span: { readonly from: Instant; readonly after: Instant; readonly until: Instant },
  { width, budget }: { readonly width: Millis; readonly budget: number },
): Counts {
  const due = new Map<number, number>();
  const dropped = new Map<number, number>();
  let left = budget;
  let last = span.after;
  for (const one of iterate(spec, span.after)) {
    if (one.at > span.until) return { width, due, dropped, estimated: false, walked: budget - left };
    if (left <= 0) break;
    left -= 1;
    last = one.at;
    const counts = one.dropped === null ? due : dropped;
    const place = Math.floor((one.at - span.from) / width);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  if (left > 0) return { width, due, dropped, estimated: false, walked: budget - left };
  const elapsed = Math.max(1, last - span.after);
  for (const counts of [due, dropped]) {
    const rate = [...counts.values()].reduce((sum, count) => sum + count, 0) / elapsed;
    if (rate === 0) continue;
    const first = Math.floor((last - span.from) / width) + 1;
    for (let place = first; span.from + place * width < span.until; place += 1)
      counts.set(place, Math.max(1, Math.round(rate * width)));
  }
  return { width, due, dropped, estimated: true, walked: budget };
}
