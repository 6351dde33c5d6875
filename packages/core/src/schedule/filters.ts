/** What drops occurrences of a rule. A filter looks at the actual instant, read on the schedule's wall clock. */
import type { Instant } from '../model/instant.ts';
import { farthest } from '../model/maintenance.ts';
import type { ActiveWindow, ScheduleSpec } from '../model/schedule.ts';
import { blackoutAt, blackoutEnd } from './blackouts.ts';
import { dateText, dayMs, dayOf, parseLocalTime, timeOf, weekdayOf } from './civil.ts';
import { heldAt } from './maintenance.ts';
import { ruleOf } from './rule.ts';
import { workingDaysOf } from './working-days.ts';
import { zoneOf } from './zone.ts';

/** The reasons a filter can give. */
export type FilterReason = 'active_hours' | 'blackout' | 'holiday' | 'dst_gap' | 'maintenance';

/** What filters make of an instant: dropped for a reason, or let through, perhaps to run later. */
export interface Verdict {
  readonly dropped: FilterReason | null;
  /** The end of the blackout that its run waits for. */
  readonly deferredTo: Instant | null;
}

const passed: Verdict = { dropped: null, deferredTo: null };
const dropped: Readonly<Record<FilterReason, Verdict>> = {
  active_hours: { dropped: 'active_hours', deferredTo: null },
  blackout: { dropped: 'blackout', deferredTo: null },
  holiday: { dropped: 'holiday', deferredTo: null },
  dst_gap: { dropped: 'dst_gap', deferredTo: null },
  maintenance: { dropped: 'maintenance', deferredTo: null },
};

function inWindow(window: ActiveWindow, time: number, weekday: number): boolean {
  const from = parseLocalTime(window.from) ?? 0;
  const to = parseLocalTime(window.to) ?? 0;
  const startsOn = (day: number): boolean => window.weekdays === undefined || window.weekdays.includes(day);
  if (from === to) return startsOn(weekday);
  if (from < to) return time >= from && time < to && startsOn(weekday);
  if (time >= from) return startsOn(weekday);
  return time < to && startsOn(weekday === 1 ? 7 : weekday - 1);
}

/** Most schedules have no filter: their instants pass without being looked at. */
export function isUnfiltered({
  blackouts,
  holidays,
  activeHours,
  resolved,
  dstGap,
  maintenance,
}: ScheduleSpec): boolean {
  return (
    blackouts === undefined &&
    holidays === undefined &&
    (activeHours ?? null) === null &&
    resolved === undefined &&
    maintenance === undefined &&
    dstGap !== 'skip'
  );
}

/** By what the schedule's wall clock shows: the holiday or the active hours that close an instant. */
export function droppedLocally(spec: ScheduleSpec, at: Instant): 'holiday' | 'active_hours' | null {
  const days = workingDaysOf(spec);
  const windows = spec.activeHours ?? [];
  if (days.isEmpty && windows.length === 0) return null;
  const local = zoneOf(spec.timezone).toLocal(at);
  if (!days.isEmpty && days.isClosed(local)) return 'holiday';
  if (windows.length === 0) return null;
  const weekday = weekdayOf(dayOf(local));
  return windows.some((window) => inWindow(window, timeOf(local), weekday)) ? null : 'active_hours';
}

/** Asked in this order, the first "no" names the reason: a skipped local time, maintenance, blackout, holiday, active hours. */
export function judge(spec: ScheduleSpec, at: Instant): Verdict {
  if (isUnfiltered(spec)) return passed;
  if (spec.dstGap === 'skip' && ruleOf(spec).isMadeUp(at)) return dropped.dst_gap;
  if (heldAt(spec, at) !== null) return dropped.maintenance;
  const blackout = blackoutAt(spec, at);
  if (blackout?.policy === 'skip') return dropped.blackout;
  const reason = droppedLocally(spec, at);
  if (reason !== null) return dropped[reason];
  if (blackout === null) return passed;
  const deferredTo = blackoutEnd(spec, blackout.until);
  return deferredTo === null ? dropped.blackout : { dropped: null, deferredTo };
}

/** The filter that drops an instant, or null when all let it through. */
export function filteredBy(spec: ScheduleSpec, at: Instant): FilterReason | null {
  return judge(spec, at).dropped;
}

/** What closes an instant, for people: the calendar and its entry, or maintenance. Null where none does. */
export interface Closure {
  readonly reason: 'blackout' | 'holiday' | 'maintenance';
  /** The entry; null for a bare range or date of the schedule itself. */
  readonly name: string | null;
  readonly calendar: string | null;
  /** Local date of a holiday. */
  readonly date: string | null;
  /** End of a blackout or of maintenance; null while nobody knows. */
  readonly until: Instant | null;
  /** Beginning of maintenance. */
  readonly from?: Instant;
}

export function closureAt(spec: ScheduleSpec, at: Instant): Closure | null {
  const held = heldAt(spec, at);
  if (held !== null) {
    const until = held.to === farthest ? null : held.to;
    return { reason: 'maintenance', name: held.window.reason, calendar: null, date: null, from: held.from, until };
  }
  const blackout = blackoutAt(spec, at);
  if (blackout !== null) return { ...blackout, reason: 'blackout', date: null };
  return holidayAt(spec, zoneOf(spec.timezone).toLocal(at));
}

/** The holiday that closes a local reading. */
export function holidayAt(spec: ScheduleSpec, reading: number): Closure | null {
  const closing = workingDaysOf(spec).closing(dayOf(reading));
  if (closing === null || timeOf(reading) < closing.from) return null;
  const { name, calendar } = closing;
  return { reason: 'holiday', name, calendar, date: dateText(dayOf(reading)), until: null };
}

/** Instants after which a filtered stretch can end: where a search may jump to instead of walking. */
export function filterEnd(spec: ScheduleSpec, at: Instant, reason: FilterReason): Instant {
  if (reason === 'dst_gap') return at + 1;
  if (reason === 'maintenance') return heldAt(spec, at)?.to ?? at + 1;
  if (reason === 'blackout') return blackoutAt(spec, at)?.until ?? at + 1;
  const zone = zoneOf(spec.timezone);
  const local = zone.toLocal(at);
  const opens =
    reason === 'holiday'
      ? dayMs - timeOf(local)
      : Math.min(
          ...(spec.activeHours ?? []).map(
            (window) => ((parseLocalTime(window.from) ?? 0) - timeOf(local) + dayMs) % dayMs || dayMs,
          ),
        );
  // A clock that goes forward brings the opening nearer; one that goes back may open what had just closed.
  return Math.max(at + 1, Math.min(at + opens - 3 * 3_600_000, zone.segmentAt(at).until));
}
