/** How many instants of a schedule a window would take. Pure. */
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { isUnfiltered } from '../schedule/filters.ts';
import { countOf, nextOf } from '../schedule/occurrences.ts';

export interface Touched {
  /** Instants that would have run. */
  readonly count: number;
  readonly first: Instant | null;
  /** Counting stopped at the budget. */
  readonly atLeast: boolean;
  /** How many instants were looked at. */
  readonly walked: number;
}

/** Those in (after, until]: by arithmetic where the rule can be counted, else one by one, at most `budget` of them. */
export function touchedBy(
  spec: ScheduleSpec,
  { after, until }: { readonly after: Instant; readonly until: Instant },
  budget: number,
): Touched {
  const first = nextOf(spec, after);
  if (first === null || first > until) return { count: 0, first: null, atLeast: false, walked: 1 };
  if (isUnfiltered(spec)) {
    const count = countOf(spec, { after, until, limit: budget });
    const walked = spec.kind === 'interval' ? 1 : count;
    return { count, first, atLeast: spec.kind !== 'interval' && count >= budget, walked };
  }
  let count = 0;
  for (let at: Instant | null = first; at !== null && at <= until; at = nextOf(spec, at)) {
    if (count >= budget) return { count, first, atLeast: true, walked: count };
    count += 1;
  }
  return { count, first, atLeast: false, walked: count };
}
