/** What becomes of the instants that maintenance held, once it is over. Pure. */
import type { Instant } from '../model/instant.ts';
import type { SkipReason } from '../model/occurrence.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { judge } from '../schedule/filters.ts';
import { withoutMaintenance, type Held } from '../schedule/maintenance.ts';
import { countOf, iterate, nextOf, nextPlanOf, occurrencesOf } from '../schedule/occurrences.ts';
import type { EnumerateFacts, Enumeration, Fate, Span } from './enumerate.ts';

/** So many instants are counted one by one at the most; a rhythm that dense is an interval, which arithmetic counts. */
const mostCounted = 1_000_000;
/** Up to so many have a row each. */
const mostRows = 100;
const reason: SkipReason = 'maintenance';

/** Half-open as everywhere: (after, until]. */
interface Stretch {
  readonly after: Instant;
  readonly until: Instant;
}

/** The last instant of a stretch that filters let through. Looks from its end, so that a long one costs no more. */
function newestIn(spec: ScheduleSpec, { after, until }: Stretch): Instant | null {
  for (let reach = 60_000; ; reach *= 2) {
    const begin = Math.max(after, until - reach);
    let newest: Instant | null = null;
    for (let at = nextOf(spec, begin); at !== null && at <= until; at = nextOf(spec, at)) newest = at;
    if (newest !== null || begin === after) return newest;
  }
}

/** Those that run now, ascending. */
function chosenIn(spec: ScheduleSpec, stretch: Stretch, { window }: Held, most: number): readonly Instant[] {
  if (window.resume === 'skip') return [];
  if (window.resume === 'all') return occurrencesOf(spec, { ...stretch, limit: most });
  const newest = newestIn(spec, stretch);
  return newest === null ? [] : [newest];
}

/** The instants of a stretch in rows while they are few, else counted between those that run. */
function fatesOf(spec: ScheduleSpec, stretch: Stretch, run: (at: Instant) => Fate, chosen: readonly Instant[]) {
  const count = countOf(spec, { ...stretch, limit: mostCounted });
  const fates: (Fate | Span)[] = [];
  if (count <= mostRows) {
    const runs = new Set(chosen);
    for (const { at } of iterate(spec, stretch.after)) {
      if (at > stretch.until) break;
      fates.push(runs.has(at) ? run(at) : { kind: 'skip', dueAt: at, reason });
    }
    return fates;
  }
  let { after } = stretch;
  for (const at of [...chosen, stretch.until + 1]) {
    const counted = countOf(spec, { after, until: at - 1, limit: mostCounted });
    const fromAt = nextPlanOf(spec, after);
    if (counted > 0 && fromAt !== null) fates.push({ kind: 'span', fromAt, toAt: at - 1, count: counted, reason });
    if (at <= stretch.until) fates.push(run(at));
    after = at;
  }
  return fates;
}

/**
 * Settles a stretch whose end has passed. What filters drop besides is `maintenance` too, as that is asked first, and
 * does not run afterwards.
 */
export function afterHold(
  { schedule, now, catchUp }: EnumerateFacts,
  held: Held,
): Pick<Enumeration, 'fates' | 'cursorAt' | 'walked'> {
  const spec = withoutMaintenance(schedule.spec);
  const stretch = { after: Math.max(schedule.cursorAt, held.from - 1), until: held.to - 1 };
  const resumed = held.window.resume === 'all' ? 'all' : 'one';
  const run = (dueAt: Instant): Fate => {
    const { deferredTo } = judge(spec, dueAt);
    const later = deferredTo !== null && deferredTo > now ? { deferredTo } : {};
    return { kind: 'dispatch', dueAt, trigger: 'catch_up', resumed, ...later };
  };
  const fates = fatesOf(spec, stretch, run, chosenIn(spec, stretch, held, catchUp.max));
  return { fates, cursorAt: stretch.until, walked: fates.length };
}
