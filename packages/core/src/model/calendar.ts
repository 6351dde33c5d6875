/** Named closings that many schedules share: days on which nothing is done, and windows without runs. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { BlackoutRange, LocalTime, Weekday } from './schedule.ts';

/** `MM-DDTHH:MM` of every year, local. */
export type YearlyTime = string;

/** A day on which nothing is done, read on the wall clock of the schedule that it is attached to. */
export interface Holiday {
  /** `YYYY-MM-DD`, or `MM-DD` for every year; local. */
  readonly date: string;
  readonly name: string;
  /** Only from this local time on: half a day. */
  readonly closedFrom?: LocalTime;
}

export interface HolidayContent {
  readonly kind: 'holiday';
  readonly holidays: readonly Holiday[];
  /** What counts as a working day when days are rolled or counted; Monday to Friday when absent. */
  readonly workingWeekdays?: readonly Weekday[];
  /** Weekdays that are no working days are closed too, as if each were a holiday. */
  readonly closeDaysOff?: boolean;
}

/** What becomes of an instant in a blackout: it is skipped, or its run waits for the end of the window. */
export const blackoutPolicies = ['skip', 'defer'] as const;
export type BlackoutPolicy = (typeof blackoutPolicies)[number];

export interface NamedRange extends BlackoutRange {
  readonly name: string;
}

/** A window of each week; `to` not after `from` crosses midnight, equal ends are the whole day. */
export interface WeeklyWindow {
  readonly name: string;
  /** Days on which the window starts. */
  readonly weekdays: readonly Weekday[];
  readonly from: LocalTime;
  readonly to: LocalTime;
}

/** A window of each year; `to` before `from` crosses the turn of the year. */
export interface YearlyWindow {
  readonly name: string;
  readonly from: YearlyTime;
  readonly to: YearlyTime;
}

/** For whom a blackout counts beside those that attach it. */
export type BlackoutScope =
  | { readonly kind: 'attached' }
  | { readonly kind: 'all' }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  | { readonly kind: 'jobs'; readonly jobs: readonly Id[] };

export interface BlackoutContent {
  readonly kind: 'blackout';
  readonly policy: BlackoutPolicy;
  readonly scope: BlackoutScope;
  /** Of the weekly and yearly windows. */
  readonly timezone: string;
  readonly ranges: readonly NamedRange[];
  readonly weekly: readonly WeeklyWindow[];
  readonly yearly: readonly YearlyWindow[];
}

export type CalendarContent = HolidayContent | BlackoutContent;
export type CalendarKind = CalendarContent['kind'];

/** Where the entries came from. */
export type CalendarSource =
  | {
      readonly kind: 'country';
      readonly country: string;
      readonly region: string | null;
      readonly fromYear: number;
      readonly toYear: number;
    }
  | { readonly kind: 'ics' | 'json' };

export interface Calendar {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Raised by every change. */
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
  readonly content: CalendarContent;
  /** Null for entries that a person wrote. */
  readonly source: CalendarSource | null;
}
