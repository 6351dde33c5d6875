/** Which local days and hours are closed by holidays, and which days are working days. Dates are the schedule's own. */
import type { Calendar, HolidayContent } from '../model/calendar.ts';
import type { ScheduleSpec, Weekday } from '../model/schedule.ts';
import { civilFromDays, dayOf, parseLocalDate, parseLocalTime, timeOf, weekdayOf, type Local } from './civil.ts';

/** A day that is closed from a local time on (milliseconds since midnight; 0 is the whole day). */
interface Closing {
  readonly from: number;
  /** Null for a bare date of the schedule itself. */
  readonly name: string | null;
  readonly calendar: string | null;
}

export interface WorkingDays {
  /** Nothing is ever closed. */
  readonly isEmpty: boolean;
  /** There is a weekday on which people work: without one nothing can be rolled. */
  readonly hasWorkdays: boolean;
  /** The earliest closing of a day. */
  closing(day: number): Closing | null;
  isClosed(reading: Local): boolean;
  /** A working weekday that is not closed the whole day. */
  isWorkday(day: number): boolean;
  /** A working weekday without any closing: whatever is rolled stops here at the latest. */
  isWhole(day: number): boolean;
  /** Where a reading may be rolled to: a working weekday, and open at that time. */
  isOpen(reading: Local): boolean;
}

const monToFri: readonly Weekday[] = [1, 2, 3, 4, 5];
const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

type Closings = (day: number) => Closing | null;

function earlier(a: Closing | null, b: Closing | null): Closing | null {
  if (a === null || b === null) return a ?? b;
  return b.from < a.from ? b : a;
}

const yearly = /^(\d{2})-(\d{2})$/;

/** Place of `MM-DD` in a year; null when it is none. */
export function placeInYear(text: string): number | null {
  const match = yearly.exec(text);
  return match === null ? null : Number(match[1]) * 32 + Number(match[2]);
}

const compiled = new WeakMap<Calendar, Closings>();

/** Closings of one calendar, kept as long as its object lives. */
function closingsOf(calendar: Calendar, content: HolidayContent): Closings {
  const known = compiled.get(calendar);
  if (known !== undefined) return known;
  const byDay = new Map<number, Closing>();
  const byPlace = new Map<number, Closing>();
  const put = (map: Map<number, Closing>, key: number, closing: Closing): void => {
    map.set(key, earlier(map.get(key) ?? null, closing) ?? closing);
  };
  for (const { date, name, closedFrom } of content.holidays) {
    const closing = { from: parseLocalTime(closedFrom ?? '00:00') ?? 0, name, calendar: calendar.name };
    const place = placeInYear(date);
    const day = parseLocalDate(date);
    if (place !== null) put(byPlace, place, closing);
    else if (day !== null) put(byDay, day, closing);
  }
  const working = new Set(content.workingWeekdays ?? monToFri);
  const daysOff = content.closeDaysOff === true;
  const closings: Closings = (day) => {
    const weekday = weekdayOf(day);
    if (daysOff && !working.has(weekday))
      return { from: 0, name: dayNames[weekday - 1] ?? null, calendar: calendar.name };
    const { month, day: date } = civilFromDays(day);
    return earlier(byDay.get(day) ?? null, byPlace.get(month * 32 + date) ?? null);
  };
  compiled.set(calendar, closings);
  return closings;
}

function holidaysOf(spec: ScheduleSpec): readonly { readonly calendar: Calendar; readonly content: HolidayContent }[] {
  return (spec.resolved ?? []).flatMap((calendar) =>
    calendar.content.kind === 'holiday' ? [{ calendar, content: calendar.content }] : [],
  );
}

/** Neighbouring days are asked for again and again. */
const mostRemembered = 1024;

function compile(spec: ScheduleSpec): WorkingDays {
  const attached = holidaysOf(spec);
  const sources = attached.map(({ calendar, content }) => closingsOf(calendar, content));
  const own = new Set((spec.holidays ?? []).map((date) => parseLocalDate(date)));
  if (own.size > 0) sources.push((day) => (own.has(day) ? { from: 0, name: null, calendar: null } : null));
  const named = [...attached.map(({ content }) => content.workingWeekdays), spec.workingWeekdays].filter(
    (weekdays) => weekdays !== undefined,
  );
  const all = named.length === 0 ? [monToFri] : named;
  const working = new Set([1, 2, 3, 4, 5, 6, 7].filter((weekday) => all.every((days) => days.includes(weekday))));
  const known = new Map<number, Closing | null>();
  const closing = (day: number): Closing | null => {
    let found = known.get(day);
    if (found !== undefined) return found;
    found = null;
    for (const source of sources) found = earlier(found, source(day));
    if (known.size >= mostRemembered) known.clear();
    known.set(day, found);
    return found;
  };
  const isClosed = (reading: Local): boolean => {
    const closed = closing(dayOf(reading));
    return closed !== null && timeOf(reading) >= closed.from;
  };
  return {
    isEmpty: sources.length === 0,
    hasWorkdays: working.size > 0,
    closing,
    isClosed,
    isWorkday: (day) => working.has(weekdayOf(day)) && closing(day)?.from !== 0,
    isWhole: (day) => working.has(weekdayOf(day)) && closing(day) === null,
    isOpen: (reading) => working.has(weekdayOf(dayOf(reading))) && !isClosed(reading),
  };
}

const kept = new WeakMap<ScheduleSpec, WorkingDays>();

/** Of a resolved schedule, kept as long as its object lives. */
export function workingDaysOf(spec: ScheduleSpec): WorkingDays {
  let days = kept.get(spec);
  if (days === undefined) {
    days = compile(spec);
    kept.set(spec, days);
  }
  return days;
}
