/**
 * What a recurrence rule names, over the wall clock: one period after the other, as local readings. What a zone makes of
 * them follows the same RFC and is decided by the caller.
 */
import { civilFromDays, dayMs, dayOf, daysFromCivil, daysInMonth, timeOf, weekdayOf, type Local } from './civil.ts';
import type { ByDay, Frequency, RecurrenceRule } from './rrule.ts';

const unitMs: Readonly<Partial<Record<Frequency, number>>> = { HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1000 };

/** Day numbers of the nth `byDay` weekdays within [first, last]. */
function weekdaysWithin(byDay: readonly ByDay[], first: number, last: number): Set<number> {
  const found = new Set<number>();
  for (const { weekday, nth } of byDay) {
    const start = first + ((weekday - weekdayOf(first) + 7) % 7);
    const count = start > last ? 0 : Math.floor((last - start) / 7) + 1;
    if (nth === null) for (let at = 0; at < count; at += 1) found.add(start + at * 7);
    else if (nth > 0 && nth <= count) found.add(start + (nth - 1) * 7);
    else if (nth < 0 && -nth <= count) found.add(start + (count + nth) * 7);
  }
  return found;
}

/** ISO-like week number of a day for a week start, and the number of weeks of its week-year. */
function weekNumber(days: number, weekStart: number): { week: number; weeks: number } {
  const startOfWeekOne = (year: number): number => {
    const fourth = daysFromCivil(year, 1, 4);
    return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
  };
  let { year } = civilFromDays(days);
  if (days >= startOfWeekOne(year + 1)) year += 1;
  else if (days < startOfWeekOne(year)) year -= 1;
  const start = startOfWeekOne(year);
  return { week: Math.floor((days - start) / 7) + 1, weeks: (startOfWeekOne(year + 1) - start) / 7 };
}

/** Does a day pass the parts that only limit? */
function dayPasses(rule: RecurrenceRule, days: number): boolean {
  const { year, month, day } = civilFromDays(days);
  if (rule.byMonth.length > 0 && !rule.byMonth.includes(month)) return false;
  if (
    rule.byMonthDay.length > 0 &&
    !rule.byMonthDay.some((wanted) => (wanted > 0 ? wanted : daysInMonth(year, month) + 1 + wanted) === day)
  )
    return false;
  if (rule.byYearDay.length > 0) {
    const first = daysFromCivil(year, 1, 1);
    const length = daysFromCivil(year + 1, 1, 1) - first;
    if (!rule.byYearDay.some((wanted) => (wanted > 0 ? wanted : length + 1 + wanted) === days - first + 1))
      return false;
  }
  if (rule.byWeekNo.length > 0) {
    const { week, weeks } = weekNumber(days, rule.weekStart);
    if (!rule.byWeekNo.some((wanted) => (wanted > 0 ? wanted : weeks + 1 + wanted) === week)) return false;
  }
  return true;
}

/** First and last day of the period with index `at`, counted from the first instance's. */
function period(rule: RecurrenceRule, start: Local, at: number): { first: number; last: number } {
  const { year, month } = civilFromDays(dayOf(start));
  if (rule.frequency === 'YEARLY') {
    const y = year + at * rule.interval;
    return { first: daysFromCivil(y, 1, 1), last: daysFromCivil(y, 12, 31) };
  }
  if (rule.frequency === 'MONTHLY') {
    const index = year * 12 + month - 1 + at * rule.interval;
    const [y, m] = [Math.floor(index / 12), (index % 12) + 1];
    return { first: daysFromCivil(y, m, 1), last: daysFromCivil(y, m, daysInMonth(y, m)) };
  }
  if (rule.frequency === 'WEEKLY') {
    const weekOf = dayOf(start) - ((weekdayOf(dayOf(start)) - rule.weekStart + 7) % 7);
    const first = weekOf + at * rule.interval * 7;
    return { first, last: first + 6 };
  }
  const first = dayOf(start) + at * rule.interval;
  return { first, last: first };
}

/** The weekdays that a rule names in a period: numbered ones count within the month when months are named. */
function namedWeekdays(rule: RecurrenceRule, first: number, last: number): Set<number> | null {
  if (rule.byDay.length === 0) return null;
  if (rule.frequency !== 'YEARLY' || (rule.byMonth.length === 0 && rule.byMonthDay.length === 0))
    return weekdaysWithin(rule.byDay, first, last);
  const found = new Set<number>();
  const { year } = civilFromDays(first);
  for (let month = 1; month <= 12; month += 1) {
    const start = daysFromCivil(year, month, 1);
    for (const day of weekdaysWithin(rule.byDay, start, start + daysInMonth(year, month) - 1)) found.add(day);
  }
  return found;
}

/** When a rule names no day at all, the first instance's date decides. */
function defaultDay(rule: RecurrenceRule, start: Local): (days: number) => boolean {
  const named = rule.byDay.length + rule.byMonthDay.length + rule.byYearDay.length + rule.byWeekNo.length > 0;
  const origin = civilFromDays(dayOf(start));
  const weekday = weekdayOf(dayOf(start));
  if (rule.frequency === 'WEEKLY') return (days) => rule.byDay.length > 0 || weekdayOf(days) === weekday;
  if (rule.frequency === 'YEARLY' && rule.byWeekNo.length > 0 && rule.byDay.length === 0)
    return (days) => weekdayOf(days) === weekday;
  if (named) return () => true;
  if (rule.frequency === 'MONTHLY') return (days) => civilFromDays(days).day === origin.day;
  if (rule.frequency === 'YEARLY') {
    return (days) => {
      const { month, day } = civilFromDays(days);
      return day === origin.day && (rule.byMonth.length > 0 || month === origin.month);
    };
  }
  return () => true;
}

function timesOf(rule: RecurrenceRule, start: Local): readonly number[] {
  const seconds = Math.floor(timeOf(start) / 1000);
  const hours = rule.byHour.length > 0 ? rule.byHour : [Math.floor(seconds / 3600)];
  const minutes = rule.byMinute.length > 0 ? rule.byMinute : [Math.floor(seconds / 60) % 60];
  const secs = rule.bySecond.length > 0 ? rule.bySecond : [seconds % 60];
  const times = hours.flatMap((hour) =>
    minutes.flatMap((minute) => secs.map((second) => ((hour * 60 + minute) * 60 + second) * 1000)),
  );
  return [...new Set(times)].sort((a, b) => a - b);
}

function picked(all: readonly Local[], positions: readonly number[]): readonly Local[] {
  if (positions.length === 0) return all;
  const chosen = positions.map((position) => all[position > 0 ? position - 1 : all.length + position]);
  return [...new Set(chosen.filter((value) => value !== undefined))].sort((a, b) => a - b);
}

/** Days of [first, last] that pass all parts of the rule that name or limit days. */
function daysWithin(rule: RecurrenceRule, first: number, last: number): readonly number[] {
  const named = namedWeekdays(rule, first, last);
  const found: number[] = [];
  for (let days = first; days <= last; days += 1)
    if ((named === null || named.has(days)) && dayPasses(rule, days)) found.push(days);
  return found;
}

/** Readings of the periods of a day or longer. */
function* byPeriod(rule: RecurrenceRule, start: Local, from: Local): Generator<Local> {
  const times = timesOf(rule, start);
  const isDefault = defaultDay(rule, start);
  const span = { YEARLY: 366, MONTHLY: 31, WEEKLY: 7 }[rule.frequency as string] ?? 1;
  const skip = rule.count === null ? Math.max(0, Math.floor((from - start) / (span * rule.interval * dayMs)) - 2) : 0;
  let barren = 0;
  for (let at = skip; barren < 5000; at += 1) {
    const { first, last } = period(rule, start, at);
    if (civilFromDays(first).year > 9999) return;
    const found = daysWithin(rule, first, last).filter(isDefault);
    const chosen = picked(
      found.flatMap((days) => times.map((time) => days * dayMs + time)),
      rule.bySetPos,
    );
    barren = chosen.length === 0 ? barren + 1 : 0;
    for (const local of chosen) if (local >= start) yield local;
  }
}

/** Whether a step passes the parts that limit it: its day, and what of the clock is no finer than the step. */
function stepPasses(rule: RecurrenceRule): (base: Local) => boolean {
  const { frequency } = rule;
  const named = limitedTo(rule.byDay.map((day) => day.weekday));
  const hours = limitedTo(rule.byHour);
  const minutes = limitedTo(frequency === 'HOURLY' ? [] : rule.byMinute);
  const seconds = limitedTo(frequency === 'SECONDLY' ? rule.bySecond : []);
  return (base) => {
    const days = dayOf(base);
    const clock = Math.floor(timeOf(base) / 1000);
    return (
      dayPasses(rule, days) &&
      named(weekdayOf(days)) &&
      hours(Math.floor(clock / 3600)) &&
      minutes(Math.floor(clock / 60) % 60) &&
      seconds(clock % 60)
    );
  };
}

/** No values limit nothing. */
function limitedTo(values: readonly number[]): (value: number) => boolean {
  const wanted = new Set(values);
  return (value) => wanted.size === 0 || wanted.has(value);
}

/** Readings of hourly, minutely and secondly rules: steps over the wall clock, limited by the other parts. */
function* byStep(rule: RecurrenceRule, unit: number, start: Local, from: Local): Generator<Local> {
  const step = unit * rule.interval;
  const skip = rule.count === null ? Math.max(0, Math.floor((from - start) / step) - 1) : 0;
  const passes = stepPasses(rule);
  const finer = {
    ...rule,
    byHour: [0],
    byMinute: rule.frequency === 'HOURLY' ? rule.byMinute : [0],
    bySecond: rule.frequency === 'SECONDLY' ? [0] : rule.bySecond,
  };
  const anchor = Math.floor(start / unit) * unit;
  const within = timesOf(finer, start % unit).map((time) =>
    rule.frequency === 'HOURLY' ? time % 3_600_000 : time % unit,
  );
  let barren = 0;
  for (let base = anchor + skip * step; barren < 2_000_000; base += step) {
    if (!passes(base)) {
      barren += 1;
      continue;
    }
    barren = 0;
    for (const local of picked(
      within.map((time) => base + time),
      rule.bySetPos,
    ))
      if (local >= start) yield local;
  }
}

/** Readings from `dtstart` on, ascending. Without COUNT the walk may begin near `from`; with it, it begins at the start. */
export function expandRecurrence(rule: RecurrenceRule, start: Local, from: Local): Generator<Local> {
  const unit = unitMs[rule.frequency];
  return unit === undefined ? byPeriod(rule, start, from) : byStep(rule, unit, start, from);
}
