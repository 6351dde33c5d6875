/** Refuses a schedule that makes no sense, naming every field at fault. Prompt for hostile input too. */
import { JobTriggerError, type ErrorCode, type FieldError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import { blackoutPolicies } from '../model/calendar.ts';
import { fromUuid } from '../model/id.ts';
import { gapPolicies, holidayPolicies, type ActiveWindow, type ScheduleSpec } from '../model/schedule.ts';
import { parseLocalDate, parseLocalDateTime, parseLocalTime } from './civil.ts';
import { withoutMaintenance } from './maintenance.ts';
import { nextOf, nextPlanOf } from './occurrences.ts';
import { ruleOf } from './rule.ts';
import { parseRecurrence } from './rrule.ts';
import { parseCron } from './cron-parse.ts';
import { fixedInstant, isKnownZone, suggestZone, zoneOf } from './zone.ts';

/** Collects what is wrong; nothing is thrown before everything was looked at. */
type Complain = (path: string, message: string) => void;

const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

function checkTimes(times: readonly string[], complain: Complain): void {
  if (!Array.isArray(times) || times.length === 0) complain('times', 'needs at least one HH:MM');
  else if (times.length > 1440) complain('times', 'has more than 1440 entries');
  else
    times.forEach(
      (time, at) =>
        parseLocalTime(time) === null &&
        complain(`times.${at}`, `'${String(time).slice(0, 20)}' is no time of day; write HH:MM from 00:00 to 23:59`),
    );
}

function checkWeekdays(weekdays: readonly number[], path: string, complain: Complain): void {
  if (!Array.isArray(weekdays) || weekdays.length === 0)
    complain(path, 'needs at least one day from 1 (Monday) to 7 (Sunday)');
  else
    weekdays.forEach(
      (day, at) =>
        isWhole(day, 1, 7) || complain(`${path}.${at}`, `${String(day)} is no weekday; 1 is Monday, 7 is Sunday`),
    );
}

/** Longest length of each month: what a yearly rule can ever mean. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

type GivenDay = Partial<{
  day: number | 'last';
  shortMonths: string;
  nth: number;
  weekday: number;
  businessDay: number;
}>;

function checkBusinessDay({ businessDay, day, nth, weekday }: GivenDay, complain: Complain): void {
  if (day !== undefined || nth !== undefined || weekday !== undefined)
    complain('business_day', 'excludes day, nth and weekday');
  if (!isWhole(businessDay, 1, 23) && businessDay !== -1)
    complain('business_day', 'must be 1 to 23, or -1 for the last');
}

function checkNthWeekday({ day, nth, weekday }: GivenDay, complain: Complain): void {
  if (day !== undefined) complain('day', 'excludes nth and weekday');
  if (!isWhole(nth, 1, 5) && nth !== -1) complain('nth', 'must be 1 to 5, or -1 for the last');
  if (!isWhole(weekday, 1, 7)) complain('weekday', 'must be 1 (Monday) to 7 (Sunday)');
}

function checkNumberedDay({ day, shortMonths }: GivenDay, month: number | null, complain: Complain): void {
  if (day === undefined) return complain('day', 'is needed: 1 to 31, "last", nth with weekday, or business_day');
  if (day !== 'last' && !isWhole(day, 1, 31)) complain('day', `${String(day)} is outside 1-31`);
  checkChoice(shortMonths, { path: 'short_months', choices: ['last_day', 'skip'] }, complain);
  const most = month === null ? 31 : (longest[month - 1] ?? 31);
  if (shortMonths === 'skip' && typeof day === 'number' && day > most)
    complain('day', `month ${month} never has a day ${day}`);
}

function checkMonthDay(rule: GivenDay, month: number | null, complain: Complain): void {
  if (rule.businessDay !== undefined) return checkBusinessDay(rule, complain);
  if (rule.nth !== undefined || rule.weekday !== undefined) return checkNthWeekday(rule, complain);
  checkNumberedDay(rule, month, complain);
}

const unitSeconds: Readonly<Record<string, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
  months: 2_678_400,
};

function checkInterval(spec: Extract<ScheduleSpec, { kind: 'interval' }>, complain: Complain): void {
  const unit = unitSeconds[spec.unit];
  if (unit === undefined) return complain('unit', 'must be seconds, minutes, hours, days, weeks or months');
  if (!isWhole(spec.every, 1, Math.floor((10 * 366 * 86_400) / unit)))
    return complain('every', `${String(spec.every)} is not a whole number from 1 to ten years' worth`);
  if (spec.anchor === undefined) {
    if (spec.start !== undefined && spec.start % 1000 !== 0) complain('start', 'must be a whole second');
    return;
  }
  if (spec.start !== undefined) complain('anchor', 'excludes start');
  if (parseLocalTime(spec.anchor) === null) complain('anchor', 'is no time of day; write HH:MM');
  if (unit > 3600) complain('unit', 'an anchored interval has seconds, minutes or hours');
  else if (86_400 % (spec.every * unit) !== 0)
    complain('every', `${spec.every} ${spec.unit} do not divide 24 hours, which an anchor needs`);
}

function checkNumber(
  value: number,
  { path, least, most }: { readonly path: string; readonly least: number; readonly most: number },
  complain: Complain,
): void {
  if (!isWhole(value, least, most)) complain(path, `${String(value)} is outside ${least}-${most}`);
}

function checkLocalTime(value: unknown, path: string, complain: Complain): void {
  if (typeof value !== 'string' || parseLocalDateTime(value) === null)
    complain(path, 'is no local time such as 2027-01-31T09:00:00');
}

/** A text with a language of its own, which `read` refuses by throwing. */
function checkText(
  value: unknown,
  { path, read }: { readonly path: string; readonly read: (text: string) => unknown },
  complain: Complain,
): void {
  if (typeof value === 'string') read(value);
  else complain(path, 'is needed');
}

function checkRecurrence(spec: Extract<ScheduleSpec, { kind: 'rrule' }>, complain: Complain): void {
  checkLocalTime(spec.dtstart, 'dtstart', complain);
  spec.exdates?.forEach(
    (text, at) => parseLocalDateTime(text) === null && complain(`exdates.${at}`, 'is no local time'),
  );
  checkText(spec.rrule, { path: 'rrule', read: parseRecurrence }, complain);
}

/** The part that belongs to the kind. */
function checkRule(spec: ScheduleSpec, complain: Complain): void {
  switch (spec.kind) {
    case 'cron':
      return checkText(spec.expression, { path: 'expression', read: parseCron }, complain);
    case 'interval':
      return checkInterval(spec, complain);
    case 'hourly':
      return checkNumber(spec.minute, { path: 'minute', least: 0, most: 59 }, complain);
    case 'daily':
      return checkTimes(spec.times, complain);
    case 'weekly':
      checkWeekdays(spec.weekdays, 'weekdays', complain);
      return checkTimes(spec.times, complain);
    case 'yearly':
      checkNumber(spec.month, { path: 'month', least: 1, most: 12 }, complain);
      checkMonthDay(spec, spec.month, complain);
      return checkTimes(spec.times, complain);
    case 'monthly':
      checkMonthDay(spec, null, complain);
      return checkTimes(spec.times, complain);
    case 'once':
      return checkLocalTime(spec.at, 'at', complain);
    case 'rrule':
      return checkRecurrence(spec, complain);
    default:
      complain(
        'kind',
        `'${String((spec as { kind: unknown }).kind).slice(0, 40)}' is not known; cron interval hourly daily weekly monthly yearly once rrule are`,
      );
  }
}

function checkWindow(window: ActiveWindow, path: string, complain: Complain): void {
  for (const end of ['from', 'to'] as const)
    if (parseLocalTime(window[end]) === null) complain(`${path}.${end}`, 'is no time of day; write HH:MM');
  if (window.weekdays !== undefined) checkWeekdays(window.weekdays, `${path}.weekdays`, complain);
}

/** A choice of words; absent ones have their default. */
function checkChoice(
  value: string | undefined,
  { path, choices }: { readonly path: string; readonly choices: readonly string[] },
  complain: Complain,
): void {
  if (value !== undefined && !choices.includes(value))
    complain(path, `must be ${choices.map((choice) => `"${choice}"`).join(' or ')}`);
}

/** Only a date that was settled first can be moved to another day: a rhythm goes on there anyway. */
function canRoll(spec: ScheduleSpec): boolean {
  if (spec.kind === 'rrule') return true;
  try {
    return ruleOf(spec).class === 'fixed';
  } catch {
    return true;
  }
}

function checkCalendars(spec: ScheduleSpec, complain: Complain): void {
  checkChoice(spec.holidayPolicy, { path: 'holiday_policy', choices: holidayPolicies }, complain);
  checkChoice(spec.blackoutPolicy, { path: 'blackout_policy', choices: blackoutPolicies }, complain);
  checkChoice(spec.dstGap, { path: 'dst_gap', choices: gapPolicies }, complain);
  if (spec.workingWeekdays !== undefined) checkWeekdays(spec.workingWeekdays, 'working_weekdays', complain);
  if ((spec.calendars?.length ?? 0) > mostCalendars) complain('calendars', `has more than ${mostCalendars} entries`);
  spec.calendars?.forEach(
    (uuid, at) => fromUuid(uuid) === null && complain(`calendars.${at}`, 'is no id of a calendar'),
  );
}

/** What only a rule that can be read can be asked. */
function checkPolicies(spec: ScheduleSpec, complain: Complain): void {
  const rolls = spec.holidayPolicy === 'previous' || spec.holidayPolicy === 'next';
  if (rolls && !canRoll(spec))
    complain('holiday_policy', 'must be "skip": a rhythm within the day has no date that could move');
  if (spec.dstGap === 'skip' && spec.kind === 'rrule')
    complain('dst_gap', 'must be "run": a calendar rule reads skipped times as RFC 5545 says');
}

const mostCalendars = 20;

function checkFilters(spec: ScheduleSpec, complain: Complain): void {
  checkCalendars(spec, complain);
  spec.activeHours?.forEach((window, at) => checkWindow(window, `active_hours.${at}`, complain));
  spec.blackouts?.forEach((range, at) => range.to > range.from || complain(`blackouts.${at}.to`, 'must be after from'));
  spec.holidays?.forEach(
    (date, at) => parseLocalDate(date) === null && complain(`holidays.${at}`, 'is no date; write YYYY-MM-DD'),
  );
  if (typeof spec.notBefore === 'number' && typeof spec.notAfter === 'number' && spec.notAfter < spec.notBefore)
    complain('not_after', 'is before not_before');
  if (spec.jitterSeconds !== undefined && !(spec.jitterSeconds >= 0 && spec.jitterSeconds <= 86_400))
    complain('jitter_seconds', 'must be 0 to 86400');
}

function refuse(code: ErrorCode, wrong: readonly FieldError[]): JobTriggerError {
  const first = wrong[0];
  return new JobTriggerError(code, first === undefined ? 'invalid schedule' : `${first.path}: ${first.message}`, {
    fields: wrong,
  });
}

function checkZone(timezone: unknown): void {
  if (typeof timezone === 'string' && isKnownZone(timezone)) return;
  const shown = String(timezone).slice(0, 60);
  const near = typeof timezone === 'string' ? suggestZone(timezone) : null;
  const hint = near === null ? 'Use a name of the IANA data such as Europe/Berlin.' : `Did you mean ${near}?`;
  throw refuse('timezone_unknown', [{ path: 'timezone', message: `'${shown}' is no known time zone. ${hint}` }]);
}

/** Everything that can be said without a clock: shape, ranges, zone. @throws `schedule_invalid`, `timezone_unknown` */
export function checkSchedule(spec: ScheduleSpec): void {
  checkZone(spec.timezone);
  const wrong: FieldError[] = [];
  const complain: Complain = (path, message) => void wrong.push({ path, message });
  try {
    checkRule(spec, complain);
  } catch (error) {
    if (!(error instanceof JobTriggerError)) throw error;
    wrong.push(...error.fields);
  }
  checkFilters(spec, complain);
  if (wrong.length === 0) checkPolicies(spec, complain);
  if (wrong.length > 0) throw refuse('schedule_invalid', wrong);
}

/** The field that holds the rule as a text. */
const textOf: Readonly<Record<string, string>> = { cron: 'expression', rrule: 'rrule', once: 'at' };

/** Refuses a rule that names no instant at all, or none that its filters let through. @throws `schedule_never_due` */
export function refuseNeverDue(given: ScheduleSpec, now: Instant): void {
  // Maintenance ends one day; a rule that names nothing does not.
  const spec = withoutMaintenance(given);
  if (spec.kind === 'once') return;
  const path = textOf[spec.kind] ?? '';
  const start = spec.kind === 'rrule' ? Math.min(now, (parseLocalDateTime(spec.dtstart) ?? 0) - 2 * 86_400_000) : now;
  if (nextPlanOf(spec, start) === null) throw refuse('schedule_never_due', [{ path, message: 'never comes due' }]);
  if (nextOf(spec, start) === null)
    throw refuse('schedule_never_due', [
      {
        path: (spec.activeHours?.length ?? 0) > 0 ? 'active_hours' : 'calendars',
        message: 'every instant of the rule is dropped by its filters',
      },
    ]);
}

/**
 * Refuses a schedule that cannot be saved. A one-off in the past is refused unless `allowPast`.
 * @throws `schedule_invalid`, `timezone_unknown`, `schedule_never_due`, `past_scheduling_not_allowed`
 */
export function validateSchedule(
  spec: ScheduleSpec,
  options: { readonly now: Instant; readonly allowPast?: boolean },
): void {
  checkSchedule(spec);
  if (spec.kind === 'once') {
    const path = textOf['once'] ?? '';
    const at = fixedInstant(zoneOf(spec.timezone), parseLocalDateTime(spec.at) ?? 0);
    if (at === null) throw refuse('schedule_never_due', [{ path, message: 'this date does not exist in its zone' }]);
    if (at <= options.now && options.allowPast !== true)
      throw refuse('past_scheduling_not_allowed', [
        { path, message: 'lies in the past; allow_past takes it all the same' },
      ]);
    return;
  }
  refuseNeverDue(spec, options.now);
}
