/** A rule that names instants, always with a time zone (`docs/reference/schedules.md`). */
import type { BlackoutPolicy, Calendar } from './calendar.ts';
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { MaintenanceWindow } from './maintenance.ts';

/** `HH:MM` or `HH:MM:SS`, local. */
export type LocalTime = string;
/** `YYYY-MM-DD`, local. */
export type LocalDate = string;
/** `YYYY-MM-DDTHH:MM:SS`, local. */
export type LocalDateTime = string;
/** 1 is Monday, 7 is Sunday (ISO 8601). */
export type Weekday = number;

/** What to do in a month that lacks the day: run on its last day (default), or pass the month over. */
export type ShortMonths = 'last_day' | 'skip';

/** Which day of a month: a number 1-31, the last, the nth weekday, or the nth working day (-1 is the last of both). */
export type MonthDay =
  | { readonly day: number | 'last'; readonly shortMonths?: ShortMonths }
  | { readonly nth: number; readonly weekday: Weekday }
  | { readonly businessDay: number };

/** What becomes of an instant on a holiday: dropped (default), or moved to the working day before or after. */
export const holidayPolicies = ['skip', 'previous', 'next'] as const;
export type HolidayPolicy = (typeof holidayPolicies)[number];

/** What becomes of a fixed time that a clock change skips: it runs at the end of the gap (default), or not. */
export const gapPolicies = ['run', 'skip'] as const;
export type GapPolicy = (typeof gapPolicies)[number];

/** The part of a schedule that names instants, one variant a kind. */
export type Rule =
  | { readonly kind: 'cron'; readonly expression: string }
  | {
      readonly kind: 'interval';
      readonly every: number;
      readonly unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months';
      /** Counts from this instant. Without `start` and `anchor`, the moment of saving is written here. */
      readonly start?: Instant;
      /** Wall-clock marks that include this local time; the period divides 24 h. Excludes `start`. */
      readonly anchor?: LocalTime;
    }
  | { readonly kind: 'hourly'; readonly minute: number }
  | { readonly kind: 'daily'; readonly times: readonly LocalTime[] }
  | { readonly kind: 'weekly'; readonly weekdays: readonly Weekday[]; readonly times: readonly LocalTime[] }
  | ({ readonly kind: 'monthly'; readonly times: readonly LocalTime[] } & MonthDay)
  | ({ readonly kind: 'yearly'; readonly month: number; readonly times: readonly LocalTime[] } & MonthDay)
  | { readonly kind: 'once'; readonly at: LocalDateTime }
  | {
      readonly kind: 'rrule';
      readonly rrule: string;
      readonly dtstart: LocalDateTime;
      readonly exdates?: readonly LocalDateTime[];
    };

export type ScheduleKind = Rule['kind'];

/** A window of the local day; `to` before `from` crosses midnight and belongs to the day on which it starts. */
export interface ActiveWindow {
  readonly from: LocalTime;
  readonly to: LocalTime;
  /** Days on which the window starts; all when absent. */
  readonly weekdays?: readonly Weekday[];
}

/** Half-open range of instants without runs. */
export interface BlackoutRange {
  readonly from: Instant;
  readonly to: Instant;
}

/** What drops occurrences of a rule; filters never move or add one. (`holidayPolicy` other than `skip` is part of the rule.) */
export interface Filters {
  readonly activeHours?: readonly ActiveWindow[] | null;
  readonly blackouts?: readonly BlackoutRange[];
  readonly holidays?: readonly LocalDate[];
  /** Working days where no attached calendar names them; Monday to Friday when absent. */
  readonly workingWeekdays?: readonly Weekday[];
  /** Outside ids of the calendars that count for this schedule. */
  readonly calendars?: readonly string[];
  readonly holidayPolicy?: HolidayPolicy;
  /** What its blackouts do; each says so itself when absent. */
  readonly blackoutPolicy?: BlackoutPolicy;
  readonly dstGap?: GapPolicy;
  /** First instant that may be named, included. */
  readonly notBefore?: Instant | null;
  /** Last instant that may be named, included. */
  readonly notAfter?: Instant | null;
}

/** A rule with its zone and filters: everything that decides *when*. Pure data, stored as JSON. */
export type ScheduleSpec = Rule &
  Filters & {
    /** IANA name, as written by the user (old names stay as they are). */
    readonly timezone: string;
    /** Each run is delayed by 0 to this many seconds, by a hash of its key. */
    readonly jitterSeconds?: number;
    /** What `calendars` and the blackouts of its job stand for. Filled in by `resolveSpec`, never stored or sent. */
    readonly resolved?: readonly Calendar[];
    /** Maintenance windows that reach its job and are not settled. Filled in like `resolved`, never stored or sent. */
    readonly maintenance?: readonly MaintenanceWindow[];
  };

/** A schedule of a job as it is stored. */
export interface Schedule {
  readonly id: Id;
  readonly jobId: Id;
  readonly createdAt: Instant;
  readonly name: string | null;
  readonly active: boolean;
  /** Of schedules that name the same instant, the one with the higher priority makes the run. */
  readonly priority: number;
  readonly spec: ScheduleSpec;
  /** Raised by every edit of the rule; the compare-and-set of planning checks it. */
  readonly revision: number;
  /** The last instant up to which everything is planned. */
  readonly cursorAt: Instant;
  /** The next instant the rule names: wakes the scheduler. Null while inactive or when the schedule has ended. */
  readonly planAt: Instant | null;
  /** The next instant that filters let through: what people see. */
  readonly nextDueAt: Instant | null;
  /** Version of the zone data that the stored instants were computed with. */
  readonly tzVersion: string;
}
