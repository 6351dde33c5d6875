/** Refuses a calendar that makes no sense, naming every field at fault with its path on the wire. */
import { JobTriggerError, type FieldError } from '../errors.ts';
import type { BlackoutContent, CalendarContent, Holiday, HolidayContent } from '../model/calendar.ts';
import { parseYearlyTime } from '../schedule/blackouts.ts';
import { daysInMonth, parseLocalDate, parseLocalTime } from '../schedule/civil.ts';
import { placeInYear } from '../schedule/working-days.ts';
import { isKnownZone, suggestZone } from '../schedule/zone.ts';

type Complain = (path: string, message: string) => void;

export const mostHolidays = 5000;
export const mostRanges = 2000;
const mostWindows = 200;

/** Control characters and those that turn the direction of text make one name look like another. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function checkText(text: string, path: string, complain: Complain): void {
  if (Array.from(text).length > 200) complain(path, 'has more than 200 characters');
  else if (unseen.test(text)) complain(path, 'holds control or direction characters that nobody can see');
}

function checkName(name: string, complain: Complain): void {
  if (name.trim() === '') complain('name', 'needs at least one visible character');
  else if (Array.from(name).length > 100) complain('name', 'has more than 100 characters');
  else if (unseen.test(name)) complain('name', 'holds control or direction characters that nobody can see');
  else if (name !== name.trim()) complain('name', 'begins or ends with a space');
}

function checkWeekdays(weekdays: readonly number[], path: string, complain: Complain): void {
  const isGood = weekdays.length > 0 && weekdays.every((day) => Number.isInteger(day) && day >= 1 && day <= 7);
  if (!isGood) complain(path, 'needs at least one day from 1 (Monday) to 7 (Sunday)');
}

function isYearlyDate(date: string): boolean {
  const place = placeInYear(date);
  if (place === null) return false;
  const [month, day] = [Math.floor(place / 32), place % 32];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(2024, month);
}

function checkHoliday({ date, name, closedFrom }: Holiday, path: string, complain: Complain): void {
  if (parseLocalDate(date) === null && !isYearlyDate(date))
    complain(`${path}.date`, `'${date.slice(0, 20)}' is no date; write YYYY-MM-DD, or MM-DD for every year`);
  checkText(name, `${path}.name`, complain);
  if (closedFrom !== undefined && parseLocalTime(closedFrom) === null)
    complain(`${path}.closed_from`, 'is no time of day; write HH:MM');
}

function checkHolidays(content: HolidayContent, complain: Complain): void {
  const { holidays, workingWeekdays } = content;
  if (holidays.length > mostHolidays) return complain('holidays', `has more than ${mostHolidays} entries`);
  holidays.forEach((holiday, at) => checkHoliday(holiday, `holidays.${at}`, complain));
  if (workingWeekdays !== undefined) checkWeekdays(workingWeekdays, 'working_weekdays', complain);
}

function checkZone(timezone: string, complain: Complain): void {
  if (isKnownZone(timezone)) return;
  const near = suggestZone(timezone);
  const hint = near === null ? 'Use a name of the IANA data such as Europe/Berlin.' : `Did you mean ${near}?`;
  complain('timezone', `'${timezone.slice(0, 60)}' is no known time zone. ${hint}`);
}

function checkBlackout({ timezone, scope, ranges, weekly, yearly }: BlackoutContent, complain: Complain): void {
  checkZone(timezone, complain);
  if (ranges.length > mostRanges) return complain('ranges', `has more than ${mostRanges} entries`);
  for (const [path, windows] of Object.entries({ weekly, yearly }))
    if (windows.length > mostWindows) return complain(path, `has more than ${mostWindows} entries`);
  ranges.forEach(({ from, to, name }, at) => {
    if (to <= from) complain(`ranges.${at}.to`, 'must be after from');
    checkText(name, `ranges.${at}.name`, complain);
  });
  weekly.forEach(({ weekdays, from, to, name }, at) => {
    checkWeekdays(weekdays, `weekly.${at}.weekdays`, complain);
    for (const [end, time] of Object.entries({ from, to }))
      if (parseLocalTime(time) === null) complain(`weekly.${at}.${end}`, 'is no time of day; write HH:MM');
    checkText(name, `weekly.${at}.name`, complain);
  });
  yearly.forEach(({ from, to, name }, at) => {
    for (const [end, time] of Object.entries({ from, to }))
      if (parseYearlyTime(time) === null) complain(`yearly.${at}.${end}`, 'is no time of a year; write MM-DDTHH:MM');
    if (from === to) complain(`yearly.${at}.to`, 'must differ from from');
    checkText(name, `yearly.${at}.name`, complain);
  });
  if (scope.kind === 'tags' && scope.tags.length === 0) complain('scope.tags', 'needs at least one tag');
  if (scope.kind === 'jobs' && scope.jobs.length === 0) complain('scope.jobs', 'needs at least one job');
}

/** @throws `invalid` with every field at fault */
export function validateCalendar(calendar: {
  readonly name: string;
  readonly description: string | null;
  readonly content: CalendarContent;
}): void {
  const fields: FieldError[] = [];
  const complain: Complain = (path, message) => void fields.push({ path, message });
  const { name, description, content } = calendar;
  checkName(name, complain);
  if (description !== null && description.length > 2000) complain('description', 'has more than 2000 characters');
  if (content.kind === 'holiday') checkHolidays(content, complain);
  else checkBlackout(content, complain);
  const first = fields[0];
  if (first !== undefined)
    throw new JobTriggerError('invalid', `${first.path}: ${first.message}`, { fields: fields.slice(0, 100) });
}
