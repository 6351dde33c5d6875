/**
 * Cron expressions, five fields or six with seconds in front, read once into sets of numbers.
 *
 * The dialect is crontab(5) with `L`, `W` and `#`; what other parsers quietly accept (reversed ranges, a step on a
 * single value) is refused with the field and the position. Length is bounded before anything is expanded.
 */
import { invalidField, type JobTriggerError } from '../errors.ts';

/** A day-of-month item that is no plain number. */
export type DaySpecial =
  | { readonly kind: 'last' }
  | { readonly kind: 'last_weekday' }
  | { readonly kind: 'nearest_weekday'; readonly day: number };
/** A day-of-week item that is no plain number: the nth of a weekday, -1 the last. 0 is Sunday. */
interface WeekdaySpecial {
  readonly weekday: number;
  readonly nth: number;
}

export interface CronFields {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Ascending day numbers named plainly. */
  readonly days: ReadonlySet<number>;
  readonly daySpecials: readonly DaySpecial[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  readonly weekdaySpecials: readonly WeekdaySpecial[];
  /** Both day fields must match, because one starts with `*` or is `?`; otherwise either is enough. */
  readonly bothDays: boolean;
  /** The six fields as written. */
  readonly text: { readonly days: string; readonly weekdays: string };
  /** Neither `*` nor `/` in second, minute and hour: a time of day rather than a rhythm. */
  readonly fixedTime: boolean;
}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface FieldRule {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  /** Number of the first name. */
  readonly firstName?: number;
}

const rules = {
  second: { name: 'second', least: 0, most: 59 },
  minute: { name: 'minute', least: 0, most: 59 },
  hour: { name: 'hour', least: 0, most: 23 },
  day: { name: 'day of month', least: 1, most: 31 },
  month: { name: 'month', least: 1, most: 12, names: monthNames, firstName: 1 },
  weekday: { name: 'day of week', least: 0, most: 7, names: weekdayNames, firstName: 0 },
} as const satisfies Record<string, FieldRule>;

/** One field with where it stands, so that an error can point at it. */
interface Field {
  readonly rule: FieldRule;
  readonly text: string;
  /** Character position in the expression, from 1. */
  readonly position: number;
}

function refuse(field: Field, item: string, why: string): JobTriggerError {
  const shown = item.length > 40 ? `${item.slice(0, 40)}…` : item;
  return invalidField(
    'expression',
    `${field.rule.name} (position ${field.position}): '${shown}' ${why}`,
    'schedule_invalid',
  );
}

function numberOf(field: Field, text: string, item: string): number {
  const { rule } = field;
  const named = rule.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return named + (rule.firstName ?? 0);
  if (!/^\d{1,4}$/.test(text))
    throw refuse(
      field,
      item,
      text === '' ? 'is empty' : `is not understood; ${rule.least}-${rule.most}, lists, ranges and steps are`,
    );
  const value = Number(text);
  if (value < rule.least || value > rule.most) throw refuse(field, item, `is outside ${rule.least}-${rule.most}`);
  return value;
}

function stepOf(field: Field, text: string, item: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) === 0) throw refuse(field, item, 'has a step that is no number from 1');
  return Number(text);
}

function endsOf(field: Field, range: string, item: string): { from: number; to: number; single: boolean } {
  const { least, most } = field.rule;
  if (range === '*') return { from: least, to: most, single: false };
  const [first = '', last, ...more] = range.split('-');
  if (more.length > 0) throw refuse(field, item, 'is no range');
  const from = numberOf(field, first, item);
  if (last === undefined) return { from, to: from, single: true };
  const to = numberOf(field, last, item);
  if (to < from) throw refuse(field, item, 'is a reversed range; write it as two');
  return { from, to, single: false };
}

/** Numbers of one item: `*`, `a`, `a-b`, each of the ranges with `/n`. */
function expand(field: Field, item: string): readonly number[] {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) throw refuse(field, item, 'has more than one step');
  const width = step === undefined ? 1 : stepOf(field, step, item);
  const { from, to, single } = endsOf(field, range, item);
  if (single && step !== undefined) throw refuse(field, item, 'has a step on a single value; write a range or *');
  const values: number[] = [];
  for (let value = from; value <= to; value += width) values.push(value);
  return values;
}

function items(field: Field): readonly string[] {
  const found = field.text.split(',');
  if (found.includes('')) throw refuse(field, field.text, 'has an empty list item');
  return found;
}

function plain(field: Field): number[] {
  return [...new Set(items(field).flatMap((item) => expand(field, item)))].sort((a, b) => a - b);
}

function parseDays(field: Field): { days: Set<number>; specials: DaySpecial[] } {
  const days = new Set<number>();
  const specials: DaySpecial[] = [];
  for (const item of items(field)) {
    const upper = item.toUpperCase();
    const nearest = /^(\d{1,2})W$/.exec(upper);
    if (upper === '?') for (let day = 1; day <= 31; day += 1) days.add(day);
    else if (upper === 'L') specials.push({ kind: 'last' });
    else if (upper === 'LW') specials.push({ kind: 'last_weekday' });
    else if (nearest?.[1] !== undefined)
      specials.push({ kind: 'nearest_weekday', day: numberOf(field, nearest[1], item) });
    else for (const day of expand(field, item)) days.add(day);
  }
  return { days, specials };
}

function placeOf(field: Field, text: string | undefined, item: string): number {
  if (text === undefined || !/^[1-5]$/.test(text)) throw refuse(field, item, 'needs a number from 1 to 5 after #');
  return Number(text);
}

function parseWeekdays(field: Field): { weekdays: Set<number>; specials: WeekdaySpecial[] } {
  const weekdays = new Set<number>();
  const specials: WeekdaySpecial[] = [];
  for (const item of items(field)) {
    const last = /^(\d|[a-z]{3})L$/i.exec(item);
    const nth = /^(\d|[a-z]{3})#(.*)$/i.exec(item);
    if (item === '?') for (let day = 0; day <= 6; day += 1) weekdays.add(day);
    else if (last?.[1] !== undefined) specials.push({ weekday: numberOf(field, last[1], item) % 7, nth: -1 });
    else if (nth?.[1] !== undefined)
      specials.push({ nth: placeOf(field, nth[2], item), weekday: numberOf(field, nth[1], item) % 7 });
    else for (const day of expand(field, item)) weekdays.add(day % 7);
  }
  return { weekdays, specials };
}

function split(expression: string): readonly Field[] {
  const words = [...expression.matchAll(/\S+/g)];
  if (words.length !== 5 && words.length !== 6) {
    throw invalidField(
      'expression',
      `has ${words.length} fields; five (minute hour day-of-month month day-of-week) or six with seconds in front are understood`,
      'schedule_invalid',
    );
  }
  const order = [rules.second, rules.minute, rules.hour, rules.day, rules.month, rules.weekday].slice(6 - words.length);
  return words.map((word, at) => ({ rule: order[at] ?? rules.minute, text: word[0], position: word.index + 1 }));
}

const isStar = (text: string): boolean => text.startsWith('*') || text === '?';

/** Reads an expression. @throws `schedule_invalid` naming the field and its position; never takes long */
export function parseCron(expression: string): CronFields {
  if (expression.length > 1000) throw invalidField('expression', 'is longer than 1000 characters', 'schedule_invalid');
  const trimmed = expression.trim();
  const macro = macros[trimmed.toLowerCase()];
  if (macro === undefined && trimmed.startsWith('@')) {
    const hint = trimmed.toLowerCase() === '@reboot' ? 'names no time' : 'is no alias that is known';
    throw invalidField(
      'expression',
      `'${trimmed.slice(0, 40)}' ${hint}; ${Object.keys(macros).join(' ')} are`,
      'schedule_invalid',
    );
  }
  const fields = split(macro ?? trimmed);
  const full = fields.length === 6 ? fields : [{ rule: rules.second, text: '0', position: 1 }, ...fields];
  const [second, minute, hour, day, month, weekday] = full as [Field, Field, Field, Field, Field, Field];
  const { days, specials: daySpecials } = parseDays(day);
  const { weekdays, specials: weekdaySpecials } = parseWeekdays(weekday);
  return {
    seconds: plain(second),
    minutes: plain(minute),
    hours: plain(hour),
    days,
    daySpecials,
    months: plain(month),
    weekdays,
    weekdaySpecials,
    bothDays: isStar(day.text) || isStar(weekday.text),
    text: { days: day.text, weekdays: weekday.text },
    fixedTime: ![second, minute, hour].some((field) => /[*/]/.test(field.text)),
  };
}
