/** What drops occurrences of a rule. A filter looks at the actual instant, read on the schedule's wall clock. */
import type { Instant } from '../model/instant.ts';
import type { ActiveWindow, ScheduleSpec } from '../model/schedule.ts';
import { dateText, dayMs, dayOf, parseLocalTime, timeOf, weekdayOf } from './civil.ts';
import { zoneOf } from './zone.ts';

/** The reasons a filter can give. */
export type FilterReason = 'active_hours' | 'blackout' | 'holiday';

function inWindow(window: ActiveWindow, time: number, weekday: number): boolean {
  const from = parseLocalTime(window.from) ?? 0;
  const to = parseLocalTime(window.to) ?? 0;
  const startsOn = (day: number): boolean => window.weekdays === undefined || window.weekdays.includes(day);
  if (from === to) return startsOn(weekday);
  if (from < to) return time >= from && time < to && startsOn(weekday);
  if (time >= from) return startsOn(weekday);
  return time < to && startsOn(weekday === 1 ? 7 : weekday - 1);
}

/** The filter that drops an instant, or null when all let it through. Asked in this order: blackout, holiday, active hours. */
export function filteredBy(spec: ScheduleSpec, at: Instant): FilterReason | null {
  if (spec.blackouts === undefined && spec.holidays === undefined && (spec.activeHours ?? null) === null) return null;
  if (spec.blackouts?.some((range) => at >= range.from && at < range.to) === true) return 'blackout';
  const hasHolidays = spec.holidays !== undefined && spec.holidays.length > 0;
  const windows = spec.activeHours ?? null;
  if (!hasHolidays && (windows === null || windows.length === 0)) return null;
  const local = zoneOf(spec.timezone).toLocal(at);
  const day = dayOf(local);
  if (hasHolidays && spec.holidays?.includes(dateText(day)) === true) return 'holiday';
  if (windows === null || windows.length === 0) return null;
  return windows.some((window) => inWindow(window, timeOf(local), weekdayOf(day))) ? null : 'active_hours';
}

/** Instants after which a filtered stretch can end: where a search may jump to instead of walking. */
export function filterEnd(spec: ScheduleSpec, at: Instant, reason: FilterReason): Instant {
  if (reason === 'blackout')
    return Math.max(
      ...(spec.blackouts ?? []).filter((range) => at >= range.from && at < range.to).map((range) => range.to),
    );
  const zone = zoneOf(spec.timezone);
  const local = zone.toLocal(at);
  if (reason === 'holiday') return at + Math.max(1, dayMs - timeOf(local) - 2 * 3_600_000);
  const opens = (spec.activeHours ?? []).map(
    (window) => ((parseLocalTime(window.from) ?? 0) - timeOf(local) + dayMs) % dayMs || dayMs,
  );
  // A clock change may bring the opening nearer by its length; stop short of it.
  return at + Math.max(1, Math.min(...opens) - 3 * 3_600_000);
}
