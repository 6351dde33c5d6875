/** What words named so far: filled clause by clause, judged in the end. */
import type { Word } from './word-scanner.ts';

export type Unit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';
type NamedDay = number | 'last' | 'first_weekday' | 'last_weekday';

/** What the words named so far. */
export interface Reading {
  rhythm: { readonly count: number; readonly unit: Unit } | null;
  /** "every second monday" has two meanings. */
  everySecond: boolean;
  /** Said in a way that repeats: `every`, a plural, `daily`. */
  repeats: boolean;
  once: boolean;
  readonly weekdays: number[];
  /** The nth of the weekdays, -1 the last. */
  readonly places: number[];
  readonly days: NamedDay[];
  /** The first (1) or last (-1) working day, which follows calendars; a weekday is Monday to Friday. */
  readonly workingDays: number[];
  readonly months: number[];
  readonly times: string[];
  /** Minutes past each hour. */
  readonly minutes: number[];
  window: { readonly from: string; readonly to: string } | null;
  /** `YYYY-MM-DD`, `today` or `tomorrow`. */
  date: string | null;
  /** Where a rhythm of days, weeks or months begins. */
  start: string | null;
  /** A date whose two numbers can be day and month either way. */
  slashed: { readonly word: Word; readonly readings: readonly string[] } | null;
  zone: string | null;
  cities: { readonly word: Word; readonly text: string; readonly zones: readonly string[] } | null;
}

export function emptyReading(): Reading {
  return {
    rhythm: null,
    everySecond: false,
    repeats: false,
    once: false,
    weekdays: [],
    places: [],
    days: [],
    workingDays: [],
    months: [],
    times: [],
    minutes: [],
    window: null,
    date: null,
    start: null,
    slashed: null,
    zone: null,
    cities: null,
  };
}
