/**
 * Patterns over the wall clock: which local readings a rule matches, without any zone.
 *
 * A pattern answers the first reading at or after a given one. What a zone makes of a reading is decided elsewhere.
 */
import { civilFromDays, dayMs, dayOf, daysFromCivil, daysInMonth, weekdayOf, type Local } from './civil.ts';
import type { CronFields, DaySpecial } from './cron-parse.ts';
import type { MonthDay } from '../model/schedule.ts';
import type { WorkingDays } from './working-days.ts';

export interface Pattern {
  /** First match at or after `from`; null when there is none within a full turn of the calendar. */
  next(from: Local): Local | null;
}

/** The Gregorian calendar repeats after this many years; what has not matched by then never does. */
const calendarTurn = 400;
const lastYear = 9999;

/** Days of a month that match, ascending. */
type MonthDays = (year: number, month: number) => readonly number[];

/** Every `stepMs` from `offsetMs` after midnight; the step divides the day. */
export function everyPattern(stepMs: number, offsetMs: number): Pattern {
  return { next: (from) => Math.ceil((from - offsetMs) / stepMs) * stepMs + offsetMs };
}

/** Times of a day, in milliseconds since midnight. */
interface DayTimes {
  /** Undefined without any. */
  readonly first: number | undefined;
  /** The first that is not below `value`; undefined when all are. */
  from(value: number): number | undefined;
}

/** @param times ascending */
function listed(times: readonly number[]): DayTimes {
  let hint = -1;
  return {
    first: times[0],
    from(value) {
      // A walk asks for the time after the one it was told.
      if (!((times[hint] ?? -1) < value && (times[hint + 1] ?? -1) >= value)) hint = placeAtOrAfter(times, value) - 1;
      return times[hint + 1];
    },
  };
}

const hourMs = 3_600_000;
const hoursOfDay = 24;

/** The same times in each of these hours. Written out they may be 86,400, and a rule is made ready each time it is due. */
function inHours(hours: readonly number[], inHour: readonly number[]): DayTimes {
  const times = listed(inHour);
  /** By hour, where the first of the times at that hour or later begin; undefined after the last. */
  const begins = Array.from({ length: hoursOfDay + 1 }, (_, from) => {
    const hour = firstAtOrAfter(hours, from);
    return hour === null || times.first === undefined ? undefined : hour * hourMs + times.first;
  });
  const isIn = Array.from({ length: hoursOfDay }, (_, hour) => hours.includes(hour));
  return {
    first: begins[0],
    from(value) {
      const hour = Math.floor(value / hourMs);
      const time = isIn[hour] === true ? times.from(value - hour * hourMs) : undefined;
      if (time !== undefined) return hour * hourMs + time;
      return begins[isIn[hour] === true ? hour + 1 : hour];
    },
  };
}

/** Days chosen month by month, each with the same times. */
function calendarPattern(months: readonly number[], daysOf: MonthDays, times: DayTimes): Pattern {
  const included = new Set(months);
  const { first } = times;
  // The month that was looked at last: its first day's number, and a bit for each day that matches.
  let monthStart = Number.NaN;
  let monthDays = 0;
  let monthBits = 0;
  function remember(year: number, month: number, days: readonly number[]): void {
    monthStart = daysFromCivil(year, month, 1);
    monthDays = daysInMonth(year, month);
    monthBits = 0;
    for (const day of days) monthBits |= 1 << (day - 1);
  }
  function dayFrom(start: number): number | null {
    const offset = start - monthStart;
    if (offset >= 0 && offset < monthDays) {
      const bits = monthBits & (-1 << offset);
      if (bits !== 0) return monthStart + 31 - Math.clz32(bits & -bits);
    }
    const { year, month, day } = civilFromDays(start);
    for (let count = 0; count <= calendarTurn * 12; count += 1) {
      const index = month - 1 + count;
      const thisYear = year + Math.floor(index / 12);
      const thisMonth = (index % 12) + 1;
      if (thisYear > lastYear) return null;
      if (!included.has(thisMonth)) continue;
      const days = daysOf(thisYear, thisMonth);
      const found = days.find((candidate) => count > 0 || candidate >= day);
      if (found !== undefined) remember(thisYear, thisMonth, days);
      if (found !== undefined) return daysFromCivil(thisYear, thisMonth, found);
    }
    return null;
  }
  return {
    next(from) {
      if (first === undefined) return null;
      const today = dayOf(from);
      const day = dayFrom(today);
      if (day === null) return null;
      if (day > today) return day * dayMs + first;
      const time = times.from(from - today * dayMs);
      if (time !== undefined) return day * dayMs + time;
      const following = dayFrom(day + 1);
      return following === null ? null : following * dayMs + first;
    },
  };
}

/** Place of the first that is not below `value`; the length when all are. */
export function placeAtOrAfter(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first of ascending numbers that is not below `value`; null when all are. */
export function firstAtOrAfter(ascending: readonly number[], value: number): number | null {
  return ascending[placeAtOrAfter(ascending, value)] ?? null;
}

/** Remembers the last month asked, as scans ask for the same one again and again. */
function remembered(daysOf: MonthDays): MonthDays {
  let key = -1;
  let days: readonly number[] = [];
  return (year, month) => {
    const asked = year * 12 + month;
    if (asked !== key) {
      days = daysOf(year, month);
      key = asked;
    }
    return days;
  };
}

/** The nth of a weekday (1 Monday to 7 Sunday) in a month, -1 the last; null when there is none. */
function nthWeekday(year: number, month: number, weekday: number, nth: number): number | null {
  const length = daysInMonth(year, month);
  const ofFirst = weekdayOf(daysFromCivil(year, month, 1));
  const first = 1 + ((weekday - ofFirst + 7) % 7);
  const day = nth === -1 ? first + Math.floor((length - first) / 7) * 7 : first + (nth - 1) * 7;
  return day <= length ? day : null;
}

/** The weekday nearest a day, inside its month; null when the month lacks the day. */
function nearestWeekday(year: number, month: number, day: number): number | null {
  const length = daysInMonth(year, month);
  if (day > length) return null;
  const weekday = weekdayOf(daysFromCivil(year, month, day));
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 7) return day === length ? day - 2 : day + 1;
  return day;
}

/** Null when the month lacks the day. */
function specialDay(special: DaySpecial, year: number, month: number): number | null {
  if (special.kind === 'last') return daysInMonth(year, month);
  const day = special.kind === 'nearest_weekday' ? special.day : daysInMonth(year, month);
  return nearestWeekday(year, month, day);
}

function cronDays(fields: CronFields): MonthDays {
  const allWeekdays = fields.weekdays.size === 7;
  return remembered((year, month) => {
    const length = daysInMonth(year, month);
    const specials = fields.daySpecials.map((special) => specialDay(special, year, month));
    // A day that the month lacks is in the set and never asked for.
    const byDay = new Set<number | null>([...fields.days, ...specials]);
    const byWeekday = new Set(
      fields.weekdaySpecials.map(({ weekday, nth }) => nthWeekday(year, month, weekday === 0 ? 7 : weekday, nth)),
    );
    const days: number[] = [];
    const first = daysFromCivil(year, month, 1);
    for (let day = 1; day <= length; day += 1) {
      const weekday = weekdayOf(first + day - 1) % 7;
      const matchesWeekday = allWeekdays || fields.weekdays.has(weekday) || byWeekday.has(day);
      const matches = fields.bothDays ? byDay.has(day) && matchesWeekday : byDay.has(day) || matchesWeekday;
      if (matches) days.push(day);
    }
    return days;
  });
}

/** The readings of a cron expression. */
export function cronPattern(fields: CronFields): Pattern {
  const inHour: number[] = [];
  for (const minute of fields.minutes) for (const second of fields.seconds) inHour.push((minute * 60 + second) * 1000);
  return calendarPattern(fields.months, cronDays(fields), inHours(fields.hours, inHour));
}

const everyMonth: readonly number[] = Array.from({ length: 12 }, (_, at) => at + 1);

export function dailyPattern(times: readonly number[]): Pattern {
  return calendarPattern(
    everyMonth,
    remembered((year, month) => Array.from({ length: daysInMonth(year, month) }, (_, at) => at + 1)),
    listed(times),
  );
}

export function weeklyPattern(weekdays: readonly number[], times: readonly number[]): Pattern {
  const wanted = new Set(weekdays);
  const daysOf = remembered((year, month) => {
    const first = daysFromCivil(year, month, 1);
    return Array.from({ length: daysInMonth(year, month) }, (_, at) => at + 1).filter((day) =>
      wanted.has(weekdayOf(first + day - 1)),
    );
  });
  return calendarPattern(everyMonth, daysOf, listed(times));
}

/** The nth working day of a month, -1 the last; null when it has fewer. */
function nthWorkday(year: number, month: number, nth: number, days: Pick<WorkingDays, 'isWorkday'>): number | null {
  const length = daysInMonth(year, month);
  const first = daysFromCivil(year, month, 1);
  const all = Array.from({ length }, (_, at) => at + 1).filter((day) => days.isWorkday(first + day - 1));
  return all.at(nth === -1 ? -1 : nth - 1) ?? null;
}

/** The day that a month gives to a rule, by its `short_months`. */
function dayOfMonth(rule: MonthDay, year: number, month: number, days: WorkingDays): number | null {
  if ('businessDay' in rule) return nthWorkday(year, month, rule.businessDay, days);
  if ('nth' in rule) return nthWeekday(year, month, rule.weekday, rule.nth);
  const length = daysInMonth(year, month);
  if (rule.day === 'last') return length;
  if (rule.day <= length) return rule.day;
  return rule.shortMonths === 'skip' ? null : length;
}

export function monthlyPattern(
  months: readonly number[] | null,
  rule: MonthDay,
  { times, days }: { readonly times: readonly number[]; readonly days: WorkingDays },
): Pattern {
  const daysOf = remembered((year, month) => {
    const day = dayOfMonth(rule, year, month, days);
    return day === null ? [] : [day];
  });
  return calendarPattern(months ?? everyMonth, daysOf, listed(times));
}
