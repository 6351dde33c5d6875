/** Entries of a calendar as JSON, in the contract's own shapes. */
import { BlackoutRange, Holiday, type CalendarImport } from 'job-trigger-contract';
import { holidayToCore, instantToCore } from 'job-trigger-contract/mapping';
import { invalidField, type CalendarFile, type Holiday as CoreHoliday, type NamedRange } from 'job-trigger-core';

const refuse = (at: number, message = ''): Error => invalidField('text', `entry ${at}: ${message}`);

function holidayOf(item: unknown, at: number): CoreHoliday {
  const read = Holiday.safeParse(typeof item === 'string' ? { date: item, name: '' } : item);
  if (!read.success) throw refuse(at, read.error.issues[0]?.message);
  return holidayToCore(read.data);
}

function rangeOf(item: unknown, at: number): NamedRange {
  const read = BlackoutRange.safeParse(item);
  if (!read.success) throw refuse(at, read.error.issues[0]?.message);
  const { name, from, to } = read.data;
  return { name, from: instantToCore(from, `text.${at}.from`), to: instantToCore(to, `text.${at}.to`) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidField('text', `is no JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** A list of dates, holidays or ranges, or an object that holds one under its name. @throws `invalid` saying which entry */
export function readCalendarJson({ text, kind = 'holiday' }: Pick<CalendarImport, 'text' | 'kind'>): CalendarFile {
  const field = kind === 'holiday' ? 'holidays' : 'ranges';
  const value = parse(text);
  const whole: Readonly<Record<string, unknown>> = Array.isArray(value) ? { [field]: value } : Object(value);
  const list: unknown = whole[field];
  if (!Array.isArray(list)) throw invalidField('text', `must be a list, or an object with a list named ${field}`);
  return {
    name: typeof whole['name'] === 'string' ? whole['name'] : null,
    holidays: kind === 'holiday' ? list.map(holidayOf) : [],
    ranges: kind === 'holiday' ? [] : list.map(rangeOf),
    notes: [],
  };
}
