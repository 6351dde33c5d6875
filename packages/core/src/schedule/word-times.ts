/** Clauses that name times of day, windows and zones. */
import type { Reading } from './reading.ts';
import { hourDigits, notUnderstood, timeOf, type Scanner, type Word } from './word-scanner.ts';
import { isKnownZone, listZones } from './zone.ts';

/** Minutes from the hour that is named, in front of it. */
const partsOfHour: ReadonlyMap<string, number> = new Map([
  ['half past', 30],
  ['quarter past', 15],
  ['quarter to', -15],
]);

/** A following `am` or `pm`. */
const halfOfDay = (word: string): string => (['am', 'pm', 'a.m', 'p.m'].includes(word) ? word.replace('.', '') : '');

/** `half past ten`, `quarter to 5pm`. */
function partOfHour(scan: Scanner): string | null {
  const words = `${scan.text()} ${scan.text(1)}`;
  const part = partsOfHour.get(words);
  if (part === undefined) return null;
  const half = halfOfDay(scan.text(3));
  const hour = timeOf(hourDigits(scan.text(2)), half);
  if (!hour?.endsWith(':00'))
    throw notUnderstood(scan.peek(2) ?? scan.peek(1), `should go with an hour, as in "${words} ten"`);
  scan.skip(half === '' ? 3 : 4);
  const minutes = (Number(hour.slice(0, 2)) * 60 + part + 1440) % 1440;
  return [minutes / 60, minutes % 60].map((figure) => String(Math.floor(figure)).padStart(2, '0')).join(':');
}

/** One time; bare hours count only where a time is expected. */
export function time(scan: Scanner, bare: boolean): string | null {
  const spoken = partOfHour(scan);
  if (spoken !== null) return spoken;
  const text = scan.text();
  const half = halfOfDay(scan.text(1));
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

/** `9-17`, `9:00-5pm`. */
function joinedWindow(scan: Scanner, read: Reading): boolean {
  const joined = /^(\d{1,2}(?::\d{2})?(?:am|pm)?)[-–](\d{1,2}(?::\d{2})?(?:am|pm)?)$/.exec(scan.text());
  const [from, to] = [timeOf(joined?.[1] ?? ''), timeOf(joined?.[2] ?? '')];
  if (from === null || to === null) return false;
  read.window = { from, to };
  scan.skip();
  return true;
}

export function window(scan: Scanner, read: Reading): boolean {
  if (joinedWindow(scan, read)) return true;
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

export function times(scan: Scanner, read: Reading, expected: boolean): boolean {
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
    if (!scan.take('the|each|every', 'hour')) scan.take('hour');
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
export function zone(scan: Scanner, read: Reading): boolean {
  const word = scan.peek();
  if (word === null) return false;
  if (/^[ap]?[cemp][sd]?t$|^[chmb]st$|^ist$|^gmt[+-]/.test(word.text) && word.raw === word.raw.toUpperCase())
    throw notUnderstood(
      word,
      'can mean several zones; write a name of the IANA data such as America/New_York or Europe/Berlin',
    );
  const words = word.text === 'in' ? city(scan, read) : name(word, read);
  if (words === 0) return false;
  scan.skip(words);
  scan.take('time');
  return true;
}

/** @returns how many words the name takes; 0 when there is none */
function name(word: Word, read: Reading): number {
  const isKnown = word.raw.includes('/') && isKnownZone(word.raw);
  if (!isKnown && /^[A-Za-z_]+\/[A-Za-z_/]+$/.test(word.raw))
    throw notUnderstood(word, 'is no zone of the IANA data; write a name such as Europe/Berlin');
  if (isKnown) read.zone = word.raw;
  else if (['utc', 'gmt'].includes(word.text)) read.zone = 'UTC';
  else return 0;
  return 1;
}

/** `in New York`. @returns how many words it takes; 0 when no city follows */
function city(scan: Scanner, read: Reading): number {
  const cities = zoneNames();
  for (const length of [3, 2, 1]) {
    const text = Array.from({ length }, (_, at) => scan.text(at + 1)).join(' ');
    const zones = cities.get(text);
    if (zones?.[0] === undefined) continue;
    read.zone = zones[0];
    const word = scan.peek(1);
    if (zones.length > 1 && word !== null) read.cities = { word, text, zones };
    return length + 1;
  }
  return 0;
}
