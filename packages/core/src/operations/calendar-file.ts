/** Events of an iCalendar file (RFC 5545) as holidays or as blackout ranges. Size, number and time are bounded. */
import type Library from 'node-ical';
import type { VEvent } from 'node-ical';
import { JobTriggerError } from '../errors.ts';
import type { Holiday, NamedRange } from '../model/calendar.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { civilFromDays, dateText, dayMs, dayOf, daysFromCivil, localDateTimeText, timeOf } from '../schedule/civil.ts';
import { fixedInstant, zoneOf, type Zone } from '../schedule/zone.ts';
import { mostHolidays, mostRanges } from './validate-calendar.ts';

export interface CalendarFileRequest {
  readonly text: string;
  readonly kind: 'holiday' | 'blackout';
  /** Where whole days begin, and how the hours of half days are read. */
  readonly timezone: string;
  readonly now: Instant;
  /** Milliseconds of a clock that only goes on. */
  readonly mono: () => Millis;
}

export interface CalendarFile {
  /** As the file calls itself. */
  readonly name: string | null;
  readonly holidays: readonly Holiday[];
  readonly ranges: readonly NamedRange[];
  /** What could not be taken over, in words. */
  readonly notes: readonly string[];
}

const mostBytes = 1_000_000;
const mostEvents = 5000;
const mostMs: Millis = 5000;
/** Recurring events are followed from the year before this one for so many years. */
const yearsFollowed = 12;
const longestDays = 62;
const tooOften = /FREQ=(?:SECONDLY|MINUTELY|HOURLY)/i;

interface Found {
  readonly name: string;
  readonly isWholeDay: boolean;
  /** A whole day stands at midnight of the process's own clock: the library reads dates so. */
  readonly start: Date;
  readonly end: Date;
}

/** Day number of a date without a time. */
const dayNumber = (date: Date): number => daysFromCivil(date.getFullYear(), date.getMonth() + 1, date.getDate());

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim().slice(0, 200);
  if (typeof value === 'object' && value !== null && 'val' in value) return textOf(value.val);
  return '';
}

function refuse(message: string): JobTriggerError {
  return new JobTriggerError('invalid', `text: ${message}`, { fields: [{ path: 'text', message }] });
}

/** Whole days as they are; of a timed event what closes the rest of its day. */
function holidaysOf(found: Found, zone: Zone): readonly Holiday[] | null {
  const { name } = found;
  if (found.isWholeDay) {
    const first = dayNumber(found.start);
    const count = Math.max(1, dayNumber(found.end) - first);
    return count > longestDays
      ? null
      : Array.from({ length: count }, (_, at) => ({ date: dateText(first + at), name }));
  }
  const start = zone.toLocal(found.start.getTime());
  const end = zone.toLocal(found.end.getTime());
  const closesTheDay = end >= (dayOf(start) + 1) * dayMs - 60_000;
  if (!closesTheDay || end - start > longestDays * dayMs) return null;
  const days = Array.from({ length: dayOf(end - 1) - dayOf(start) }, (_, at) => ({
    date: dateText(dayOf(start) + at + 1),
    name,
  }));
  const closedFrom = localDateTimeText(start).slice(11, 16);
  const first = { date: dateText(dayOf(start)), name, ...(timeOf(start) === 0 ? {} : { closedFrom }) };
  return [first, ...days];
}

function rangeOf({ name, isWholeDay, start, end }: Found, zone: Zone): NamedRange | null {
  const midnight = (date: Date): Instant => fixedInstant(zone, dayNumber(date) * dayMs) ?? date.getTime();
  const from = isWholeDay ? midnight(start) : start.getTime();
  const to = isWholeDay ? midnight(end) : end.getTime();
  return to > from ? { name, from, to } : null;
}

/** What the events of a file come to. */
class Taken {
  readonly #holidays = new Map<string, Holiday>();
  readonly #ranges: NamedRange[] = [];
  readonly #notes: string[] = [];
  readonly #zone: Zone;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  note(name: string, why: string): void {
    this.#notes.push(`${name}: ${why}`);
  }

  holiday(found: Found): void {
    const days = holidaysOf(found, this.#zone);
    if (days === null) this.note(found.name, 'left out, as it closes neither whole days nor the rest of one');
    for (const day of days ?? []) this.#holidays.set(`${day.date} ${day.closedFrom ?? ''} ${day.name}`, day);
    if (this.#holidays.size > mostHolidays) throw refuse(`holds more than ${mostHolidays} entries`);
  }

  blackout(found: Found): void {
    const range = rangeOf(found, this.#zone);
    if (range === null) this.note(found.name, 'left out, as it has no length');
    else this.#ranges.push(range);
    if (this.#ranges.length > mostRanges) throw refuse(`holds more than ${mostRanges} entries`);
  }

  whole(name: string | null): CalendarFile {
    return {
      name,
      holidays: [...this.#holidays.values()].sort((a, b) => a.date.localeCompare(b.date)),
      ranges: this.#ranges.sort((a, b) => a.from - b.from),
      notes: [...new Set(this.#notes)].slice(0, 50),
    };
  }
}

/** Reads a file. @throws `too_large`, and `invalid` for a text that is none or holds more than can be taken over */
export async function readCalendarFile(request: CalendarFileRequest): Promise<CalendarFile> {
  const { text, kind, timezone, now, mono } = request;
  checkText(text);
  const { default: ical } = await import('node-ical');
  const began = mono();
  const checkTime = (): void => {
    if (mono() - began > mostMs) throw refuse('takes too long to read; leave out rules that recur often');
  };
  const parsed = parse(ical, text);
  checkTime();
  const events = Object.values(parsed).filter((part): part is VEvent => part?.type === 'VEVENT');
  if (events.length > mostEvents) throw refuse(`holds ${events.length} events; ${mostEvents} are allowed`);
  const followed = followedFrom(now);
  const taken = new Taken(zoneOf(timezone));
  for (const event of events) {
    checkTime();
    if (event.status === 'CANCELLED') continue;
    for (const found of instancesOf(ical, event, followed, taken)) taken[kind](found);
  }
  return taken.whole(textOf(parsed.vcalendar?.['WR-CALNAME']) || null);
}

function checkText(text: string): void {
  if (text.length > mostBytes) throw new JobTriggerError('too_large', 'The file is larger than 1 MB.');
  if (!/^\s*BEGIN:VCALENDAR/i.test(text.replace(/^\uFEFF/, ''))) throw refuse('begins otherwise than BEGIN:VCALENDAR');
}

interface Followed {
  readonly from: Date;
  readonly to: Date;
}

function followedFrom(now: Instant): Followed {
  const first = civilFromDays(dayOf(now)).year - 1;
  return { from: new Date(Date.UTC(first, 0, 1)), to: new Date(Date.UTC(first + yearsFollowed, 0, 1) - 1) };
}

function parse(ical: typeof Library, text: string): ReturnType<(typeof Library)['sync']['parseICS']> {
  try {
    return ical.sync.parseICS(text);
  } catch (error) {
    throw refuse(`cannot be read: ${(error as Error).message.slice(0, 200)}`);
  }
}

function instancesOf(ical: typeof Library, event: VEvent, followed: Followed, taken: Taken): readonly Found[] {
  const name = textOf(event.summary) || 'Without a name';
  const end = event.end ?? event.start;
  if (!(event.start instanceof Date) || Number.isNaN(event.start.getTime())) {
    taken.note(name, 'left out, as it has no start');
    return [];
  }
  const only = { name, isWholeDay: event.datetype === 'date', start: event.start, end };
  if (event.rrule === undefined) return [only];
  if (tooOften.test(event.rrule.toString())) {
    taken.note(name, 'left out, as it recurs more often than daily');
    return [];
  }
  return ical
    .expandRecurringEvent(event, followed)
    .map((instance) => ({ name, isWholeDay: instance.isFullDay, start: instance.start, end: instance.end }));
}
