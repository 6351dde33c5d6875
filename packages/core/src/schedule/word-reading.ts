/** Reads words one clause after the other into what they name. Nothing is decided here: that is `words.ts`. */
import { parseLocalDate } from './civil.ts';
import { emptyReading, type Reading, type Unit } from './reading.ts';
import { dayNumber, monthWords, notUnderstood, placeWords, weekdayWords, type Scanner } from './word-scanner.ts';
import { time, times, window, zone } from './word-times.ts';

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
