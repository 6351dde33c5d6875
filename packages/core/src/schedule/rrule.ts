/** A recurrence rule of RFC 5545 (section 3.3.10), as it is read from its text. */
import { invalidField, type JobTriggerError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import { parseLocalDateTime } from './civil.ts';

const frequencies = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'] as const;
export type Frequency = (typeof frequencies)[number];
const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** A weekday (1 Monday), with its place in the month or year when one is named. */
export interface ByDay {
  readonly weekday: number;
  readonly nth: number | null;
}

export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  /** The last instant, included; a local reading when written without `Z`. */
  readonly until: { readonly at: Instant; readonly utc: boolean } | null;
  readonly byMonth: readonly number[];
  readonly byMonthDay: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byWeekNo: readonly number[];
  readonly byDay: readonly ByDay[];
  readonly byHour: readonly number[];
  readonly byMinute: readonly number[];
  readonly bySecond: readonly number[];
  readonly bySetPos: readonly number[];
  /** 1 is Monday. */
  readonly weekStart: number;
}

function refuse(text: string): JobTriggerError {
  return invalidField('rrule', text, 'schedule_invalid');
}

function numbers(name: string, text: string | undefined, least: number, most: number): number[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const value = Number(part);
    const magnitude = least < 0 ? Math.abs(value) : value;
    if (!/^[+-]?\d{1,4}$/.test(part) || value < least || value > most || (least < 0 && magnitude === 0)) {
      throw refuse(`${name}: '${part.slice(0, 20)}' is not a number from ${least} to ${most}`);
    }
    return value;
  });
}

function byDays(text: string | undefined): ByDay[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const match = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(part);
    const nth = match?.[1] === undefined ? null : Number(match[1]);
    if (match?.[2] === undefined || nth === 0 || Math.abs(nth ?? 1) > 53)
      throw refuse(`BYDAY: '${part.slice(0, 20)}' is no weekday`);
    return { weekday: weekdays.indexOf(match[2]) + 1, nth };
  });
}

function until(text: string | undefined): RecurrenceRule['until'] {
  if (text === undefined) return null;
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(text);
  const at =
    match === null
      ? null
      : parseLocalDateTime(
          `${match[1]}-${match[2]}-${match[3]}T${match[4] ?? '23'}:${match[5] ?? '59'}:${match[6] ?? '59'}`,
        );
  if (match === null || at === null) throw refuse(`UNTIL: '${text.slice(0, 20)}' is no date such as 20271231T235959Z`);
  return { at, utc: match[7] === 'Z' };
}

function whole(name: string, text: string | undefined, most: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1 || value > most)
    throw refuse(`${name}: '${text.slice(0, 20)}' is not a number from 1 to ${most}`);
  return value;
}

const known = new Set([
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'BYMONTH',
  'BYMONTHDAY',
  'BYYEARDAY',
  'BYWEEKNO',
  'BYDAY',
  'BYHOUR',
  'BYMINUTE',
  'BYSECOND',
  'BYSETPOS',
  'WKST',
]);

function partsOf(text: string): ReadonlyMap<string, string> {
  if (text.length > 1000) throw refuse('is longer than 1000 characters');
  const parts = new Map<string, string>();
  for (const part of text
    .replace(/^RRULE:/i, '')
    .toUpperCase()
    .split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at);
    if (at < 1 || !known.has(name))
      throw refuse(`'${part.slice(0, 40)}' is not understood; ${[...known].join(' ')} are`);
    if (parts.has(name)) throw refuse(`${name} is there twice`);
    parts.set(name, part.slice(at + 1));
  }
  return parts;
}

/** Reads a rule. @throws `schedule_invalid` naming the part */
export function parseRecurrence(text: string): RecurrenceRule {
  const parts = partsOf(text);
  const frequency = frequencies.find((name) => name === parts.get('FREQ'));
  if (frequency === undefined) throw refuse(`FREQ is needed: ${frequencies.join(', ')}`);
  if (parts.has('COUNT') && parts.has('UNTIL')) throw refuse('COUNT and UNTIL exclude each other');
  const rule: RecurrenceRule = {
    frequency,
    interval: whole('INTERVAL', parts.get('INTERVAL'), 100_000) ?? 1,
    count: whole('COUNT', parts.get('COUNT'), 100_000),
    until: until(parts.get('UNTIL')),
    byMonth: numbers('BYMONTH', parts.get('BYMONTH'), 1, 12),
    byMonthDay: numbers('BYMONTHDAY', parts.get('BYMONTHDAY'), -31, 31),
    byYearDay: numbers('BYYEARDAY', parts.get('BYYEARDAY'), -366, 366),
    byWeekNo: numbers('BYWEEKNO', parts.get('BYWEEKNO'), -53, 53),
    byDay: byDays(parts.get('BYDAY')),
    byHour: numbers('BYHOUR', parts.get('BYHOUR'), 0, 23),
    byMinute: numbers('BYMINUTE', parts.get('BYMINUTE'), 0, 59),
    bySecond: numbers('BYSECOND', parts.get('BYSECOND'), 0, 59),
    bySetPos: numbers('BYSETPOS', parts.get('BYSETPOS'), -366, 366),
    weekStart: byDays(parts.get('WKST'))[0]?.weekday ?? 1,
  };
  checkPlaces(rule);
  return rule;
}

/** Places are counted in months and years only. */
function checkPlaces({ frequency, byDay, byWeekNo }: RecurrenceRule): void {
  if (byDay.some((day) => day.nth !== null) && frequency !== 'MONTHLY' && frequency !== 'YEARLY')
    throw refuse('BYDAY with a number belongs to MONTHLY and YEARLY');
  if (byWeekNo.length > 0 && frequency !== 'YEARLY') throw refuse('BYWEEKNO belongs to YEARLY');
}
