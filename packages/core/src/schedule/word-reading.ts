/** Reads words one clause after the other into what they name. Nothing is decided here: that is `words.ts`. */
import { parseLocalDate } from './civil.ts';
import {
  dayNumber,
  monthWords,
  notUnderstood,
  placeWords,
  timeOf,
  weekdayWords,
  type Scanner,
  type Word,
} from './word-scanner.ts';
import { isKnownZone, listZones } from './zone.ts';

export type Unit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';
export type NamedDay = number | 'last' | 'first_weekday' | 'last_weekday';

/** What the words named so far. */
export interface Reading {
  rhythm: { readonly count: number; readonly unit: Unit } | null;
  /** "every second monday" has two meanings. */
  everySecond: boolean;
  /** Said in a way that repeats: `every`, a plural, `daily`. */
  repeats: boolean;
  once: boolean;
  readonly weekdays: number[];
  /** The nth of the weekdays, -1 the last. */
  readonly places: number[];
  readonly days: NamedDay[];
  readonly months: number[];
  readonly times: string[];
  /** Minutes past each hour. */
  readonly minutes: number[];
  window: { readonly from: string; readonly to: string } | null;
  /** `YYYY-MM-DD`, `today` or `tomorrow`. */
  date: string | null;
  /** Where a rhythm of days, weeks or months begins. */
  start: string | null;
  /** A date whose two numbers can be day and month either way. */
  slashed: { readonly word: Word; readonly readings: readonly string[] } | null;
  zone: string | null;
  cities: { readonly word: Word; readonly text: string; readonly zones: readonly string[] } | null;
}

export function emptyReading(): Reading {
  return {
    rhythm: null,
    everySecond: false,
    repeats: false,
    once: false,
    weekdays: [],
    places: [],
    days: [],
    months: [],
    times: [],
    minutes: [],
    window: null,
    date: null,
    start: null,
    slashed: null,
    zone: null,
    cities: null,
  };
}

const singleUnits: Readonly<Record<string, Unit>> = {
  second: 'seconds',
  minute: 'minutes',
  min: 'minutes',
  mins: 'minutes',
  hour: 'hours',
  day: 'days',
  week: 'weeks',
  month: 'months',
  year: 'years',
};
const adverbs: Readonly<Record<string, NonNullable<Reading['rhythm']>>> = {
  hourly: { count: 1, unit: 'hours' },
  daily: { count: 1, unit: 'days' },
  nightly: { count: 1, unit: 'days' },
  weekly: { count: 1, unit: 'weeks' },
  monthly: { count: 1, unit: 'months' },
  quarterly: { count: 3, unit: 'months' },
  yearly: { count: 1, unit: 'years' },
  annually: { count: 1, unit: 'years' },
};

function unitOf(word: string): Unit | null {
  const single = Object.hasOwn(singleUnits, word) ? singleUnits[word] : undefined;
  const plural = Object.hasOwn(singleUnits, word.replace(/s$/, '')) ? singleUnits[word.replace(/s$/, '')] : undefined;
  return single ?? plural ?? null;
}

function every(scan: Scanner, read: Reading): boolean {
  if (!scan.take('every|each')) return false;
  read.repeats = true;
  if (scan.take('half', 'hour')) read.rhythm = { count: 30, unit: 'minutes' };
  else if (scan.take('quarter', 'hour') || scan.take('quarter', 'of', 'an', 'hour'))
    read.rhythm = { count: 15, unit: 'minutes' };
  else if (scan.take('quarter')) read.rhythm = { count: 3, unit: 'months' };
  else if (scan.text() === 'second' && weekdayWords.has(scan.text(1))) {
    scan.skip();
    read.everySecond = true;
  } else if (scan.text() === 'second' && unitOf(scan.text(1)) !== null) {
    read.rhythm = { count: 2, unit: unitOf(scan.text(1)) ?? 'days' };
    scan.skip(2);
  } else if (scan.text() === 'other' && weekdayWords.has(scan.text(1))) {
    scan.skip();
    read.rhythm = { count: 2, unit: 'weeks' };
  } else {
    const ahead = unitOf(scan.text());
    if (ahead !== null) {
      scan.skip();
      read.rhythm = { count: 1, unit: ahead };
      return true;
    }
    const compact = /^(\d{1,5})(s|sec|secs|m|min|mins|h|hr|hrs|d)$/.exec(scan.text());
    if (compact !== null) {
      const letter = compact[2]?.[0] ?? 'm';
      scan.skip();
      read.rhythm = {
        count: Number(compact[1]),
        unit: ({ s: 'seconds', m: 'minutes', h: 'hours' } as const)[letter] ?? 'days',
      };
      return true;
    }
    const unit = unitOf(scan.text(1));
    const count = unit === null ? null : scan.number();
    if (count !== null && unit !== null) {
      scan.skip();
      read.rhythm = { count, unit };
    }
  }
  return true;
}

function weekdayRange(scan: Scanner, read: Reading): boolean {
  const joined = /^([a-z]+)[-–]([a-z]+)$/.exec(scan.text());
  const from = weekdayWords.get(joined?.[1] ?? scan.text());
  if (from === undefined) return false;
  const to = joined === null ? weekdayWords.get(scan.text(2)) : weekdayWords.get(joined[2] ?? '');
  const isRange = joined !== null || ['to', 'through', 'thru', '-', '–', 'until'].includes(scan.text(1));
  if (isRange && to !== undefined) {
    for (let day = from; ; day = (day % 7) + 1) {
      read.weekdays.push(day);
      if (day === to) break;
    }
    read.repeats = true;
    scan.skip(joined === null ? 3 : 1);
    return true;
  }
  if (joined !== null) return false;
  if (/day?s$/.test(scan.text())) read.repeats = true;
  read.weekdays.push(from);
  scan.skip();
  return true;
}

const workingDay = (scan: Scanner): number =>
  ['weekday', 'weekdays', 'workday', 'workdays'].includes(scan.text())
    ? 1
    : ['business', 'working'].includes(scan.text()) && ['day', 'days'].includes(scan.text(1))
      ? 2
      : 0;

function dayGroups(scan: Scanner, read: Reading): boolean {
  const working = workingDay(scan);
  if (working > 0) read.weekdays.push(1, 2, 3, 4, 5);
  else if (['weekend', 'weekends'].includes(scan.text())) read.weekdays.push(6, 7);
  else return false;
  scan.skip(Math.max(1, working));
  read.repeats = true;
  return true;
}

/** `first`, `2nd and 4th`, `last`, with what they are the nth of. */
function places(scan: Scanner, read: Reading): boolean {
  if (!placeWords.has(scan.text())) return false;
  let ahead = 0;
  const found: number[] = [];
  for (;;) {
    const place = placeWords.get(scan.text(ahead));
    if (place === undefined) break;
    found.push(place);
    ahead += scan.text(ahead + 1) === 'and' && placeWords.has(scan.text(ahead + 2)) ? 2 : 1;
  }
  const following = scan.text(ahead);
  if (weekdayWords.has(following)) {
    read.places.push(...found);
    scan.skip(ahead);
    return true;
  }
  const [only] = found;
  if (found.length === 1 && (only === 1 || only === -1)) {
    const before = scan.text();
    scan.skip(ahead);
    const working = workingDay(scan);
    scan.skip(working);
    if (working > 0) read.days.push(only === 1 ? 'first_weekday' : 'last_weekday');
    else {
      if (scan.text() === 'day') scan.skip();
      read.days.push(only === 1 ? 1 : 'last');
    }
    return before !== '';
  }
  return false;
}

/** `15th`, `day 15`, `january 1`, `25 december`, `of the month`. */
function dates(scan: Scanner, read: Reading): boolean {
  if (scan.take('month') || scan.take('months')) return (read.repeats = true);
  const ordinal = dayNumber(scan.text());
  if (ordinal !== null) {
    read.days.push(ordinal);
    scan.skip();
    return true;
  }
  if (scan.text() === 'day' && /^\d{1,2}$/.test(scan.text(1))) {
    read.days.push(Number(scan.text(1)));
    scan.skip(2);
    return true;
  }
  const month = monthWords.get(scan.text());
  if (month !== undefined) {
    read.months.push(month);
    scan.skip();
    if (/^\d{1,2}$/.test(scan.text()) && read.days.length === 0) {
      read.days.push(Number(scan.text()));
      scan.skip();
    }
    return true;
  }
  if (
    /^\d{1,2}$/.test(scan.text()) &&
    (monthWords.has(scan.text(1)) || (scan.text(1) === 'of' && monthWords.has(scan.text(2))))
  ) {
    read.days.push(Number(scan.text()));
    scan.skip();
    return true;
  }
  return false;
}

function calendarDate(scan: Scanner, read: Reading): boolean {
  const word = scan.peek();
  if (word === null) return false;
  if (word.text === 'today' || word.text === 'tomorrow') read.date = word.text;
  else {
    const iso = /^(\d{4}-\d{2}-\d{2})(?:t(\d{2}:\d{2}(?::\d{2})?))?$/.exec(word.text);
    const slashed = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(word.text);
    if (iso?.[1] !== undefined) {
      if (parseLocalDate(iso[1]) === null) throw notUnderstood(word, 'is no day of the calendar');
      read.date = iso[1];
      if (iso[2] !== undefined) read.times.push(iso[2]);
    } else if (slashed !== null) {
      const [, a = '', b = '', year = ''] = slashed;
      const forms = [
        `${year}-${b.padStart(2, '0')}-${a.padStart(2, '0')}`,
        `${year}-${a.padStart(2, '0')}-${b.padStart(2, '0')}`,
      ];
      const real = [...new Set(forms)].filter((form) => parseLocalDate(form) !== null);
      if (real[0] === undefined) throw notUnderstood(word, 'is no day of the calendar');
      read.date = real[0];
      if (real.length > 1) read.slashed = { word, readings: real };
    } else return false;
  }
  scan.skip();
  return true;
}

/** One time; bare hours count only where a time is expected. */
function time(scan: Scanner, bare: boolean): string | null {
  const text = scan.text();
  const half = ['am', 'pm', 'a.m', 'p.m'].includes(scan.text(1)) ? scan.text(1).replace('.', '') : '';
  if (/^\d{1,2}$/.test(text) && half === '' && !bare) return null;
  const found = timeOf(text, half);
  if (found === null) {
    const word = scan.peek();
    if (bare && word !== null && /^\d/.test(text))
      throw notUnderstood(word, 'is no time of day; write 9, 9:30, 17:30 or 7am');
    return null;
  }
  scan.skip(half === '' ? 1 : 2);
  return found;
}

function window(scan: Scanner, read: Reading): boolean {
  const joined = /^(\d{1,2}(?::\d{2})?(?:am|pm)?)[-–](\d{1,2}(?::\d{2})?(?:am|pm)?)$/.exec(scan.text());
  if (joined !== null) {
    const [from, to] = [timeOf(joined[1] ?? ''), timeOf(joined[2] ?? '')];
    if (from === null || to === null) return false;
    read.window = { from, to };
    scan.skip();
    return true;
  }
  if (!scan.take('between|from')) return false;
  if (window(scan, read)) return true;
  const from = time(scan, true);
  const word = scan.peek();
  if (from === null || !scan.take('and|to|until|till|through|-'))
    throw notUnderstood(word, 'should be the end of a window, as in "between 9:00 and 17:00"');
  const end = scan.peek();
  const to = time(scan, true);
  if (to === null) throw notUnderstood(end ?? word, 'should be the end of a window, as in "between 9:00 and 17:00"');
  read.window = { from, to };
  return true;
}

function times(scan: Scanner, read: Reading, expected: boolean): boolean {
  const minute = /^:(\d{2})$/.exec(scan.text());
  if (minute !== null) {
    read.minutes.push(Number(minute[1]));
    scan.skip();
    return true;
  }
  const past = scan.text(1) === 'past' || (scan.text(1) === 'minutes' && scan.text(2) === 'past');
  if (/^\d{1,2}$/.test(scan.text()) && past) {
    read.minutes.push(Number(scan.text()));
    read.rhythm ??= { count: 1, unit: 'hours' };
    scan.skip(scan.text(1) === 'past' ? 2 : 3);
    scan.take('the', 'hour') || scan.take('each|every', 'hour') || scan.take('hour');
    return true;
  }
  const found = time(scan, expected);
  if (found === null) return false;
  read.times.push(found);
  return true;
}

const zoneNames = (): ReadonlyMap<string, string[]> => {
  const cities = new Map<string, string[]>();
  for (const zone of listZones()) {
    const city = zone
      .slice(zone.lastIndexOf('/') + 1)
      .toLowerCase()
      .replaceAll('_', ' ');
    cities.set(city, [...(cities.get(city) ?? []), zone]);
  }
  return cities;
};

/** A zone's name, or a city after `in`. Abbreviations mean several zones and are refused. */
function zone(scan: Scanner, read: Reading): boolean {
  const word = scan.peek();
  if (word === null) return false;
  if (/^[ap]?[cemp][sd]?t$|^[chmb]st$|^ist$|^gmt[+-]/.test(word.text) && word.raw === word.raw.toUpperCase())
    throw notUnderstood(
      word,
      'can mean several zones; write a name of the IANA data such as America/New_York or Europe/Berlin',
    );
  if (['utc', 'gmt'].includes(word.text)) read.zone = 'UTC';
  else if (word.raw.includes('/') && isKnownZone(word.raw)) read.zone = word.raw;
  else if (word.raw.includes('/') && /^[A-Za-z_]+\/[A-Za-z_/]+$/.test(word.raw))
    throw notUnderstood(word, 'is no zone of the IANA data; write a name such as Europe/Berlin');
  else if (word.text === 'in') {
    const cities = zoneNames();
    for (const length of [3, 2, 1]) {
      const city = Array.from({ length }, (_, at) => scan.text(at + 1)).join(' ');
      const found = cities.get(city);
      if (found?.[0] === undefined) continue;
      read.zone = found[0];
      const first = scan.peek(1);
      if (found.length > 1 && first !== null) read.cities = { word: first, text: city, zones: found };
      scan.skip(length + 1);
      scan.take('time');
      return true;
    }
    return false;
  } else return false;
  scan.skip();
  scan.take('time');
  return true;
}

function starting(scan: Scanner, read: Reading): boolean {
  if (!scan.take('starting|beginning', 'on|at') && !scan.take('starting|beginning|from')) return false;
  const word = scan.peek();
  const date = /^\d{4}-\d{2}-\d{2}$/.test(scan.text()) ? scan.text() : null;
  if (date !== null && parseLocalDate(date) !== null) {
    read.start = date;
    scan.skip();
    return true;
  }
  const at = time(scan, true);
  if (at === null) throw notUnderstood(word, 'should be a date such as 2027-01-31, or a time');
  read.times.push(at);
  return true;
}

const fillers = new Set(['and', 'on', 'the', 'of', 'in', 'run', 'runs', 'at', 'that', 'o’clock', "o'clock", 'date']);

/** Reads all words. @throws `schedule_invalid` at the first that is not understood */
export function readWords(scan: Scanner): Reading {
  const read = emptyReading();
  let expectsTime = false;
  for (let word = scan.peek(); word !== null; word = scan.peek()) {
    const adverb = Object.hasOwn(adverbs, word.text) ? adverbs[word.text] : undefined;
    if (adverb !== undefined) {
      read.rhythm = adverb;
      read.repeats = true;
      scan.skip();
      expectsTime = false;
      continue;
    }
    if (zone(scan, read)) continue;
    const isWindow = scan.text() === 'from' && /^\d{4}-/.test(scan.text(1)) ? false : window(scan, read);
    const clause =
      isWindow ||
      starting(scan, read) ||
      every(scan, read) ||
      calendarDate(scan, read) ||
      places(scan, read) ||
      dates(scan, read) ||
      dayGroups(scan, read) ||
      weekdayRange(scan, read);
    if (clause) {
      expectsTime = false;
      continue;
    }
    if (times(scan, read, expectsTime)) {
      expectsTime = true;
      continue;
    }
    if (word.text === 'once') read.once = true;
    else if (word.text === 'at') expectsTime = true;
    else if (!fillers.has(word.text)) throw notUnderstood(word);
    scan.skip();
  }
  return read;
}
