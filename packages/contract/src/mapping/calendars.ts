/** Calendars in and out: names and units of the wire become core's, and back. */
import {
  formatInstant,
  fromUuid,
  invalidField,
  toUuid,
  type BlackoutContent,
  type Calendar as CoreCalendar,
  type CalendarChange as CoreChange,
  type CalendarContent,
  type CalendarInput as CoreInput,
  type CalendarSource as CoreSource,
  type CalendarSummary as CoreSummary,
  type CalendarUser,
  type Effect,
  type Holiday as CoreHoliday,
  type HolidayContent,
  type NamedRange,
} from 'job-trigger-core';
import type {
  BlackoutRange,
  Calendar,
  CalendarEffect,
  CalendarInput,
  CalendarPatch,
  CalendarSummary,
  Holiday,
} from '../shapes/calendar.ts';
import { instantToCore, type MappingFacts } from './job-in.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

export function holidayToCore({ date, name, closed_from: closedFrom }: Holiday): CoreHoliday {
  const isHalf = closedFrom !== undefined && closedFrom !== null && closedFrom !== '00:00';
  return { date, name, ...(isHalf ? { closedFrom } : {}) };
}

export function holidayToWire({ date, name, closedFrom }: CoreHoliday): Holiday {
  return { date, name, closed_from: closedFrom ?? null };
}

function rangesToCore(ranges: readonly BlackoutRange[]): readonly NamedRange[] {
  return ranges.map(({ name, from, to }, at) => ({
    name,
    from: instantToCore(from, `ranges.${at}.from`),
    to: instantToCore(to, `ranges.${at}.to`),
  }));
}

export function rangeToWire({ name, from, to }: NamedRange): BlackoutRange {
  return { name, from: formatInstant(from), to: formatInstant(to) };
}

type WireScope = NonNullable<CalendarPatch['scope']>;

function scopeToCore(scope: WireScope): BlackoutContent['scope'] {
  if (scope.kind !== 'jobs') return scope;
  return {
    kind: 'jobs',
    jobs: scope.job_ids.map((uuid, at) => {
      const reference = fromUuid(uuid);
      if (reference === null) throw invalidField(`scope.job_ids.${at}`, 'is no id of a job');
      return reference.id;
    }),
  };
}

const noHolidays: HolidayContent = { kind: 'holiday', holidays: [] };

function noBlackouts({ timezone }: MappingFacts): BlackoutContent {
  return {
    kind: 'blackout',
    policy: 'skip',
    scope: { kind: 'attached' },
    timezone,
    ranges: [],
    weekly: [],
    yearly: [],
  };
}

/** @param before what stays where `input` names nothing */
function holidayContent(input: CalendarPatch, before: HolidayContent): HolidayContent {
  const weekdays = input.working_weekdays === undefined ? before.workingWeekdays : input.working_weekdays;
  return {
    kind: 'holiday',
    holidays: input.holidays?.map(holidayToCore) ?? before.holidays,
    ...(weekdays === undefined || weekdays === null ? {} : { workingWeekdays: weekdays }),
    ...((input.close_days_off ?? before.closeDaysOff) === true ? { closeDaysOff: true } : {}),
  };
}

/** @param before what stays where `input` names nothing */
function blackoutContent(input: CalendarPatch, before: BlackoutContent): BlackoutContent {
  return {
    kind: 'blackout',
    policy: input.policy ?? before.policy,
    scope: input.scope === undefined ? before.scope : scopeToCore(input.scope),
    timezone: input.timezone ?? before.timezone,
    ranges: input.ranges === undefined ? before.ranges : rangesToCore(input.ranges),
    weekly: input.weekly ?? before.weekly,
    yearly: input.yearly ?? before.yearly,
  };
}

/** A source as it is kept; the country's years are filled in by who asked for its holidays. */
function sourceToCore(source: CalendarInput['source'], holidays: readonly CoreHoliday[]): CoreSource | null {
  if (source === undefined || source === null) return null;
  if (source.kind !== 'country') return source;
  const years = holidays.map(({ date }) => Number(date.slice(0, 4)));
  return {
    kind: 'country',
    country: source.country.toUpperCase(),
    region: source.region ?? null,
    fromYear: source.from_year ?? Math.min(...years),
    toYear: source.to_year ?? Math.max(...years),
  };
}

export function calendarToCore(input: CalendarInput, facts: MappingFacts): CoreInput {
  const content =
    input.kind === 'holiday' ? holidayContent(input, noHolidays) : blackoutContent(input, noBlackouts(facts));
  const holidays = content.kind === 'holiday' ? content.holidays : [];
  return {
    name: input.name,
    description: input.description,
    content,
    source: sourceToCore(input.source, holidays),
  };
}

const holidayFields = ['holidays', 'working_weekdays', 'close_days_off'] as const;
const blackoutFields = ['policy', 'scope', 'timezone', 'ranges', 'weekly', 'yearly'] as const;

/** A change of a stored calendar. @throws `invalid` for a field of the other kind */
export function calendarChangeToCore(input: CalendarPatch, before: CalendarContent): CoreChange {
  if (input.kind !== undefined && input.kind !== before.kind) throw invalidField('kind', `stays ${before.kind}`);
  const own: readonly string[] = before.kind === 'holiday' ? holidayFields : blackoutFields;
  const given = [...holidayFields, ...blackoutFields].filter((field) => input[field] !== undefined);
  const foreign = given.find((field) => !own.includes(field));
  if (foreign !== undefined) throw invalidField(foreign, `is no field of a ${before.kind} calendar`);
  const content =
    given.length === 0
      ? undefined
      : before.kind === 'holiday'
        ? holidayContent(input, before)
        : blackoutContent(input, before);
  const holidays = content?.kind === 'holiday' ? content.holidays : [];
  return {
    name: input.name,
    description: input.description,
    content,
    ...(input.source === undefined ? {} : { source: sourceToCore(input.source, holidays) }),
  };
}

function sourceToWire(source: CoreSource | null): Calendar['source'] {
  if (source === null || source.kind !== 'country') return source;
  return {
    kind: 'country',
    country: source.country,
    region: source.region,
    from_year: source.fromYear,
    to_year: source.toYear,
  };
}

type Head = Pick<CoreCalendar, 'id' | 'createdAt' | 'updatedAt' | 'version' | 'name' | 'description' | 'source'>;

function headToWire(calendar: Head) {
  return {
    id: toUuid(calendar),
    name: calendar.name,
    description: calendar.description,
    version: calendar.version,
    source: sourceToWire(calendar.source),
    created_at: formatInstant(calendar.createdAt),
    updated_at: formatInstant(calendar.updatedAt),
  };
}

export function calendarSummaryToWire(calendar: CoreSummary): CalendarSummary {
  return {
    ...headToWire(calendar),
    kind: calendar.kind,
    scope: calendar.scope as CalendarSummary['scope'],
    entries: calendar.entries,
    used_by: calendar.usedBy,
  };
}

function contentToWire(content: CalendarContent, jobs: ReadonlyMap<number, number>) {
  if (content.kind === 'holiday')
    return {
      holidays: content.holidays.map(holidayToWire),
      working_weekdays: content.workingWeekdays === undefined ? null : [...content.workingWeekdays],
      close_days_off: content.closeDaysOff === true,
      entries: content.holidays.length,
    };
  const { scope } = content;
  return {
    policy: content.policy,
    scope:
      scope.kind === 'jobs'
        ? {
            kind: 'jobs' as const,
            job_ids: scope.jobs.flatMap((id) => {
              const createdAt = jobs.get(id);
              return createdAt === undefined ? [] : [toUuid({ id, createdAt })];
            }),
          }
        : scope.kind === 'tags'
          ? { kind: 'tags' as const, tags: [...scope.tags] }
          : scope,
    timezone: content.timezone,
    ranges: content.ranges.map(rangeToWire),
    weekly: content.weekly.map((window) => ({ ...window, weekdays: [...window.weekdays] })),
    yearly: content.yearly.map((window) => ({ ...window })),
    entries: content.ranges.length + content.weekly.length + content.yearly.length,
  };
}

/** @param jobs creation times of the jobs that a scope names, by number */
export function calendarToWire(
  calendar: CoreCalendar,
  { users, jobs }: { readonly users: readonly CalendarUser[]; readonly jobs: ReadonlyMap<number, number> },
): Calendar {
  return {
    ...headToWire(calendar),
    kind: calendar.content.kind,
    used_by: users.length,
    users: users.map((user) => ({ job_id: toUuid(user), job_name: user.name, schedules: user.schedules })),
    ...contentToWire(calendar.content, jobs),
  };
}

export function effectToWire({ affected, affectedCount }: Effect): CalendarEffect {
  return {
    affected: affected.map(({ job, schedule, before, nextDueAt }) => ({
      job_id: toUuid(job),
      job_name: job.name,
      schedule_id: toUuid(schedule),
      schedule_name: schedule.name,
      before: instant(before),
      next_due_at: instant(nextDueAt),
    })),
    affected_count: affectedCount,
  };
}
