/**
 * The proleptic Gregorian calendar in whole numbers.
 *
 * A *local* value is a wall-clock reading written as milliseconds, as if the clock stood in UTC. Days count from
 * 1970-01-01. Algorithms: Howard Hinnant, "chrono-compatible low-level date algorithms".
 */

export const dayMs = 86_400_000;

/** A wall-clock reading as milliseconds. */
export type Local = number;

export interface CivilDate {
  readonly year: number;
  /** 1-12 */
  readonly month: number;
  /** 1-31 */
  readonly day: number;
}

export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function civilFromDays(days: number): CivilDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** 1 is Monday, 7 is Sunday (ISO 8601). 1970-01-01 was a Thursday. */
export function weekdayOf(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

/** Day number of a local value. */
export function dayOf(local: Local): number {
  return Math.floor(local / dayMs);
}

/** Milliseconds since local midnight. */
export function timeOf(local: Local): number {
  return local - dayOf(local) * dayMs;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `YYYY-MM-DD` of a day number. */
export function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `YYYY-MM-DDTHH:MM:SS` of a local value. */
export function localDateTimeText(local: Local): string {
  const seconds = Math.floor(timeOf(local) / 1000);
  return `${dateText(dayOf(local))}T${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

const localTime = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

/** Milliseconds since midnight of `HH:MM` or `HH:MM:SS`; null for anything else. */
export function parseLocalTime(text: string): number | null {
  const match = localTime.exec(text);
  if (match === null) return null;
  return (Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0)) * 1000;
}

const localDate = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Day number of `YYYY-MM-DD`; null when it is not one, or names no day. */
export function parseLocalDate(text: string): number | null {
  const match = localDate.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return daysFromCivil(year, month, day);
}

/** A local value of `YYYY-MM-DDTHH:MM[:SS]`; null when it is not one. */
export function parseLocalDateTime(text: string): Local | null {
  const at = text.search(/[T ]/);
  if (at !== 10) return null;
  const days = parseLocalDate(text.slice(0, 10));
  const time = parseLocalTime(text.slice(11));
  return days === null || time === null ? null : days * dayMs + time;
}
