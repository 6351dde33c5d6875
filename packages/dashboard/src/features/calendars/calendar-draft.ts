/** A calendar while it is being written, and back to what the contract names. */
import type { Calendar, CalendarChanged, CalendarInput, CalendarPatch, Holiday } from 'job-trigger-contract';
import { browserZone } from '../../lib/time.ts';

export interface CalendarDraft {
  readonly kind: Calendar['kind'];
  readonly name: string;
  readonly description: string;
  readonly holidays: readonly Holiday[];
  readonly workingWeekdays: readonly number[];
  readonly closeDaysOff: boolean;
  readonly policy: NonNullable<Calendar['policy']>;
  readonly scope: NonNullable<Calendar['scope']>;
  readonly timezone: string;
  readonly ranges: NonNullable<Calendar['ranges']>;
  readonly weekly: NonNullable<Calendar['weekly']>;
  readonly yearly: NonNullable<Calendar['yearly']>;
  /** Where the entries came from, as long as nobody changed them. */
  readonly source: NonNullable<CalendarInput['source']> | null;
}

const monToFri = [1, 2, 3, 4, 5];
const allWeek = [1, 2, 3, 4, 5, 6, 7];

/** What a page calls the two kinds. */
export const kindWords: Readonly<Record<Calendar['kind'], { readonly newTitle: string; readonly entries: string }>> = {
  holiday: { newTitle: 'New holiday calendar', entries: 'Days' },
  blackout: { newTitle: 'New blackout', entries: 'Windows' },
};

/** Weekdays (1 Monday) without work; a blackout knows none. */
export function daysOff({ kind, workingWeekdays }: CalendarDraft): readonly number[] {
  return kind === 'holiday' ? allWeek.filter((day) => !workingWeekdays.includes(day)) : [];
}

/** `Saved Team. It counts for 3 schedules.` */
export function savedText({ name, affected_count: count }: Pick<CalendarChanged, 'name' | 'affected_count'>): string {
  return `Saved ${name}.${count === 0 ? '' : ` It counts for ${count} ${count === 1 ? 'schedule' : 'schedules'}.`}`;
}

export function newDraft(kind: Calendar['kind']): CalendarDraft {
  return {
    kind,
    name: '',
    description: '',
    holidays: [],
    workingWeekdays: monToFri,
    closeDaysOff: false,
    policy: 'skip',
    scope: { kind: 'attached' },
    timezone: browserZone(),
    ranges: [],
    weekly: [],
    yearly: [],
    source: null,
  };
}

export function draftOf(calendar: Calendar): CalendarDraft {
  const { kind, name, description, source } = calendar;
  const head = { ...newDraft(kind), name, description: description ?? '', source };
  return { ...head, ...(kind === 'holiday' ? holidayPart(calendar, head) : blackoutPart(calendar, head)) };
}

function holidayPart(calendar: Calendar, empty: CalendarDraft): Partial<CalendarDraft> {
  return {
    holidays: calendar.holidays ?? empty.holidays,
    workingWeekdays: calendar.working_weekdays ?? empty.workingWeekdays,
    closeDaysOff: calendar.close_days_off ?? empty.closeDaysOff,
  };
}

function blackoutPart(calendar: Calendar, empty: CalendarDraft): Partial<CalendarDraft> {
  return {
    policy: calendar.policy ?? empty.policy,
    scope: calendar.scope ?? empty.scope,
    timezone: calendar.timezone ?? empty.timezone,
    ranges: calendar.ranges ?? empty.ranges,
    weekly: calendar.weekly ?? empty.weekly,
    yearly: calendar.yearly ?? empty.yearly,
  };
}

export function inputOf(draft: CalendarDraft): CalendarInput & CalendarPatch {
  const { name, description, kind, source } = draft;
  const head = { name: name.trim(), description: description.trim() === '' ? null : description, source };
  if (kind === 'holiday') {
    const isUsual = draft.workingWeekdays.join() === monToFri.join();
    return {
      ...head,
      kind,
      holidays: [...draft.holidays],
      working_weekdays: isUsual ? null : [...draft.workingWeekdays],
      close_days_off: draft.closeDaysOff,
    };
  }
  const { policy, scope, timezone, ranges, weekly, yearly } = draft;
  return { ...head, kind, policy, scope, timezone, ranges, weekly, yearly };
}

/** The same holidays with more of them; a date and hour that is there keeps one entry. */
export function withHolidays(before: readonly Holiday[], more: readonly Holiday[]): readonly Holiday[] {
  const keyOf = ({ date, closed_from }: Holiday): string => `${date} ${closed_from ?? ''}`;
  const all = new Map([...before, ...more].map((holiday) => [keyOf(holiday), holiday]));
  return [...all.values()].sort((a, b) => a.date.localeCompare(b.date));
}
