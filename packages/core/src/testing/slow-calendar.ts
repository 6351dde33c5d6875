/**
 * A second, slow opinion on schedules with calendars: looks at every day of a span, knows nothing of the engine's
 * patterns, and reads the civil calendar from `Date` in UTC. Only turning a local reading into an instant is shared.
 */
import type { HolidayContent } from '../model/calendar.ts';
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { fixedInstant, zoneOf } from '../schedule/zone.ts';

const dayMs = 86_400_000;
/** Rolls reach further than any closed stretch that tests make. */
const marginDays = 120;

interface Day {
  /** Local midnight, as if in UTC. */
  readonly at: number;
  readonly year: number;
  readonly month: number;
  readonly date: number;
  /** 1 is Monday. */
  readonly weekday: number;
}

function dayAt(at: number): Day {
  const date = new Date(at);
  const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  return { at, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate(), weekday };
}

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Minute of the day from which a day is closed; Infinity when it is open. */
function closedFrom(contents: readonly HolidayContent[], day: Day): number {
  const iso = new Date(day.at).toISOString().slice(0, 10);
  const found = [Infinity];
  for (const { holidays, workingWeekdays = [1, 2, 3, 4, 5], closeDaysOff } of contents) {
    if (closeDaysOff === true && !workingWeekdays.includes(day.weekday)) found.push(0);
    for (const holiday of holidays)
      if (holiday.date === iso || holiday.date === iso.slice(5)) found.push(minutes(holiday.closedFrom ?? '00:00'));
  }
  return Math.min(...found);
}

function isWorkingWeekday(contents: readonly HolidayContent[], { weekday }: Day): boolean {
  const given = contents.flatMap(({ workingWeekdays }) => (workingWeekdays === undefined ? [] : [workingWeekdays]));
  return (given.length === 0 ? [[1, 2, 3, 4, 5]] : given).every((weekdays) => weekdays.includes(weekday));
}

function matches(spec: ScheduleSpec, day: Day, contents: readonly HolidayContent[]): boolean {
  if (spec.kind === 'daily') return true;
  if (spec.kind === 'weekly') return spec.weekdays.includes(day.weekday);
  if (spec.kind === 'monthly') return matchesMonthly(spec, day, contents);
  throw new Error(`The slow calendar does not know ${spec.kind}.`);
}

function matchesMonthly(
  spec: Extract<ScheduleSpec, { kind: 'monthly' }>,
  day: Day,
  contents: readonly HolidayContent[],
): boolean {
  const length = new Date(Date.UTC(day.year, day.month, 0)).getUTCDate();
  const days = Array.from({ length }, (_, at) => dayAt(Date.UTC(day.year, day.month - 1, at + 1)));
  if ('businessDay' in spec) {
    const working = days.filter((each) => isWorkingWeekday(contents, each) && closedFrom(contents, each) > 0);
    return working.at(spec.businessDay === -1 ? -1 : spec.businessDay - 1)?.date === day.date;
  }
  if ('nth' in spec) {
    const same = days.filter((each) => each.weekday === spec.weekday);
    return same.at(spec.nth === -1 ? -1 : spec.nth - 1)?.date === day.date;
  }
  if (spec.day === 'last') return day.date === length;
  return day.date === Math.min(spec.day, length) && (spec.shortMonths !== 'skip' || spec.day <= length);
}

/** The day on which a time is carried out: its own while that is open, else where the policy takes it; null for nowhere. */
function carriedTo(day: Day, minute: number, spec: ScheduleSpec, contents: readonly HolidayContent[]): Day | null {
  if (minute < closedFrom(contents, day)) return day;
  if (spec.holidayPolicy !== 'next' && spec.holidayPolicy !== 'previous') return null;
  const step = spec.holidayPolicy === 'next' ? dayMs : -dayMs;
  for (let away = 1; away <= 100; away += 1) {
    const there = dayAt(day.at + away * step);
    if (isWorkingWeekday(contents, there) && minute < closedFrom(contents, there)) return there;
  }
  return null;
}

/** Instants of a resolved daily, weekly or monthly schedule in (after, until] that its holidays let through. */
export function slowInstants(spec: ScheduleSpec, after: Instant, until: Instant): readonly Instant[] {
  const zone = zoneOf(spec.timezone);
  const contents = (spec.resolved ?? []).flatMap(({ content }) => (content.kind === 'holiday' ? [content] : []));
  const first = Math.floor(after / dayMs) - marginDays;
  const last = Math.floor(until / dayMs) + marginDays;
  const found = new Set<Instant>();
  for (let number = first; number <= last; number += 1) {
    const day = dayAt(number * dayMs);
    if (!matches(spec, day, contents)) continue;
    for (const minute of 'times' in spec ? spec.times.map(minutes) : []) {
      const target = carriedTo(day, minute, spec, contents);
      const at = target === null ? null : fixedInstant(zone, target.at + minute * 60_000);
      if (at !== null && at > after && at <= until) found.add(at);
    }
  }
  return [...found].sort((a, b) => a - b);
}
