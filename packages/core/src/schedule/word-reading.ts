/** Reads words one clause after the other into what they name. Nothing is decided here: that is `words.ts`. */
import { parseLocalDate } from './civil.ts';
import { emptyReading, type Reading, type Unit } from './reading.ts';
import {
  dayNumber,
  monthWords,
  notUnderstood,
  placeWords,
  weekdayWords,
  type Scanner,
  type Word,
} from './word-scanner.ts';
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

type Rhythm = NonNullable<Reading['rhythm']>;

const phrases: readonly { readonly words: readonly string[]; readonly rhythm: Rhythm }[] = [
  { words: ['half', 'hour'], rhythm: { count: 30, unit: 'minutes' } },
  { words: ['quarter', 'hour'], rhythm: { count: 15, unit: 'minutes' } },
  { words: ['quarter', 'of', 'an', 'hour'], rhythm: { count: 15, unit: 'minutes' } },
  { words: ['quarter'], rhythm: { count: 3, unit: 'months' } },
];

function every(scan: Scanner, read: Reading): boolean {
  if (!scan.take('every|each')) return false;
  read.repeats = true;
  const phrase = phrases.find(({ words }) => scan.take(...words));
  if (phrase !== undefined) read.rhythm = phrase.rhythm;
  else if (!everyOther(scan, read)) read.rhythm = amount(scan) ?? read.rhythm;
  return true;
}

/** `second monday`, which has two meanings; `second hour`; `other monday`. */
function everyOther(scan: Scanner, read: Reading): boolean {
  const [first, following] = [scan.text(), scan.text(1)];
  const unit = first === 'second' ? unitOf(following) : null;
  if (unit !== null) {
    read.rhythm = { count: 2, unit };
    scan.skip(2);
    return true;
  }
  if (!weekdayWords.has(following) || (first !== 'second' && first !== 'other')) return false;
  if (first === 'second') read.everySecond = true;
  else read.rhythm = { count: 2, unit: 'weeks' };
  scan.skip();
  return true;
}

const letters: Readonly<Record<string, Unit>> = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' };

/** `hour`, `5m`, `15 minutes`; null for anything else. */
function amount(scan: Scanner): Rhythm | null {
  const single = unitOf(scan.text());
  if (single !== null) {
    scan.skip();
    return { count: 1, unit: single };
  }
  const compact = /^(\d{1,5})(?:s|secs?|m|mins?|h|hrs?|d)$/.exec(scan.text());
  if (compact !== null) {
    scan.skip();
    return { count: Number(compact[1]), unit: letters[compact[0].replace(/\d+/, '').charAt(0)] ?? 'days' };
  }
  const unit = unitOf(scan.text(1));
  const count = unit === null ? null : scan.number();
  if (count === null || unit === null) return null;
  scan.skip();
  return { count, unit };
}

/** The days that a range of weekdays names, and how many words it takes; null where there is none. */
function weekdaysAhead(scan: Scanner): { readonly days: readonly number[]; readonly words: number } | null {
  const [, first, last] = /^([a-z]+)[-–]([a-z]+)$/.exec(scan.text()) ?? [];
  const isJoined = first !== undefined;
  if (!isJoined && !['to', 'through', 'thru', '-', '–', 'until'].includes(scan.text(1))) return null;
  const from = weekdayWords.get(first ?? scan.text());
  const to = weekdayWords.get(last ?? scan.text(2));
  if (from === undefined || to === undefined) return null;
  const days = Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, at) => ((from - 1 + at) % 7) + 1);
  return { days, words: isJoined ? 1 : 3 };
}

function weekdayRange(scan: Scanner, read: Reading): boolean {
  const range = weekdaysAhead(scan);
  const day = weekdayWords.get(scan.text());
  if (range === null && day === undefined) return false;
  if (range !== null || /day?s$/.test(scan.text())) read.repeats = true;
  read.weekdays.push(...(range?.days ?? (day === undefined ? [] : [day])));
  scan.skip(range?.words ?? 1);
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
  let ahead = 0;
  const found: number[] = [];
  for (let place = placeWords.get(scan.text()); place !== undefined; place = placeWords.get(scan.text(ahead))) {
    found.push(place);
    ahead += scan.text(ahead + 1) === 'and' && placeWords.has(scan.text(ahead + 2)) ? 2 : 1;
  }
  if (found.length > 0 && weekdayWords.has(scan.text(ahead))) {
    read.places.push(...found);
    scan.skip(ahead);
    return true;
  }
  const [only, ...more] = found;
  if (more.length > 0 || (only !== 1 && only !== -1)) return false;
  scan.skip(ahead);
  endOfMonth(scan, read, only);
  return true;
}

/** `working day`, `weekday` or `day` behind `first` or `last`, or nothing. */
function endOfMonth(scan: Scanner, read: Reading, end: 1 | -1): void {
  const isWeekday = scan.take('weekday|weekdays');
  const working = isWeekday ? 0 : workingDay(scan);
  scan.skip(working);
  if (isWeekday) read.days.push(end === 1 ? 'first_weekday' : 'last_weekday');
  else if (working > 0) read.workingDays.push(end);
  else {
    if (scan.text() === 'day') scan.skip();
    read.days.push(end === 1 ? 1 : 'last');
  }
}

const isNumber = (text: string): boolean => /^\d{1,2}$/.test(text);

/** `15th`, `day 15`, `january 1`, `25 december`, `of the month`. */
function dates(scan: Scanner, read: Reading): boolean {
  if (scan.take('month') || scan.take('months')) return (read.repeats = true);
  return dayAlone(scan, read) || monthAndDay(scan, read) || dayBeforeMonth(scan, read);
}

function dayAlone(scan: Scanner, read: Reading): boolean {
  const ordinal = dayNumber(scan.text());
  const named = ordinal === null && scan.text() === 'day' && isNumber(scan.text(1)) ? Number(scan.text(1)) : ordinal;
  if (named === null) return false;
  read.days.push(named);
  scan.skip(ordinal === null ? 2 : 1);
  return true;
}

function monthAndDay(scan: Scanner, read: Reading): boolean {
  const month = monthWords.get(scan.text());
  if (month === undefined) return false;
  read.months.push(month);
  scan.skip();
  if (isNumber(scan.text()) && read.days.length === 0) {
    read.days.push(Number(scan.text()));
    scan.skip();
  }
  return true;
}

function dayBeforeMonth(scan: Scanner, read: Reading): boolean {
  const month = scan.text(1) === 'of' ? scan.text(2) : scan.text(1);
  if (!isNumber(scan.text()) || !monthWords.has(month)) return false;
  read.days.push(Number(scan.text()));
  scan.skip();
  return true;
}

function calendarDate(scan: Scanner, read: Reading): boolean {
  const word = scan.peek();
  if (word === null) return false;
  const isNamed = word.text === 'today' || word.text === 'tomorrow';
  if (isNamed) read.date = word.text;
  if (!isNamed && !isoDate(word, read) && !slashedDate(word, read)) return false;
  scan.skip();
  return true;
}

function isoDate(word: Word, read: Reading): boolean {
  const [, date, at] = /^(\d{4}-\d{2}-\d{2})(?:t(\d{2}:\d{2}(?::\d{2})?))?$/.exec(word.text) ?? [];
  if (date === undefined) return false;
  if (parseLocalDate(date) === null) throw notUnderstood(word, 'is no day of the calendar');
  read.date = date;
  if (at !== undefined) read.times.push(at);
  return true;
}

function slashedDate(word: Word, read: Reading): boolean {
  const slashed = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(word.text);
  if (slashed === null) return false;
  const [, a = '', b = '', year = ''] = slashed;
  const forms = [
    `${year}-${b.padStart(2, '0')}-${a.padStart(2, '0')}`,
    `${year}-${a.padStart(2, '0')}-${b.padStart(2, '0')}`,
  ];
  const real = [...new Set(forms)].filter((form) => parseLocalDate(form) !== null);
  if (real[0] === undefined) throw notUnderstood(word, 'is no day of the calendar');
  read.date = real[0];
  if (real.length > 1) read.slashed = { word, readings: real };
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

function adverb(scan: Scanner, read: Reading): boolean {
  const rhythm = Object.hasOwn(adverbs, scan.text()) ? adverbs[scan.text()] : undefined;
  if (rhythm === undefined) return false;
  read.rhythm = rhythm;
  read.repeats = true;
  scan.skip();
  return true;
}

/** `from 2027-01-31` is a start. */
function windowOfDay(scan: Scanner, read: Reading): boolean {
  return !(scan.text() === 'from' && /^\d{4}-/.test(scan.text(1))) && window(scan, read);
}

/** In the order in which they are tried. */
const clauses: readonly ((scan: Scanner, read: Reading) => boolean)[] = [
  adverb,
  windowOfDay,
  starting,
  every,
  calendarDate,
  places,
  dates,
  dayGroups,
  weekdayRange,
];

/** Reads all words. @throws `schedule_invalid` at the first that is not understood */
export function readWords(scan: Scanner): Reading {
  const read = emptyReading();
  let expectsTime = false;
  for (let word = scan.peek(); word !== null; word = scan.peek()) {
    if (zone(scan, read)) continue;
    if (clauses.some((clause) => clause(scan, read))) expectsTime = false;
    else if (times(scan, read, expectsTime)) expectsTime = true;
    else {
      if (word.text === 'once') read.once = true;
      else if (word.text === 'at') expectsTime = true;
      else if (!fillers.has(word.text)) throw notUnderstood(word);
      scan.skip();
    }
  }
  return read;
}
