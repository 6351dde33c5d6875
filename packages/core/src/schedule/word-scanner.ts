/** Words of a schedule one after the other, each with where it stands; and the vocabulary that is known. */
import { invalidField, type JobTriggerError } from '../errors.ts';
import { distanceBetween } from './zone.ts';

export interface Word {
  /** Lower case. */
  readonly text: string;
  readonly raw: string;
  /** From 1. */
  readonly position: number;
}

const weekdayForms = [
  'monday mondays mon',
  'tuesday tuesdays tue tues',
  'wednesday wednesdays wed',
  'thursday thursdays thu thur thurs',
  'friday fridays fri',
  'saturday saturdays sat',
  'sunday sundays sun',
];
const monthForms = [
  'january jan',
  'february feb',
  'march mar',
  'april apr',
  'may',
  'june jun',
  'july jul',
  'august aug',
  'september sep sept',
  'october oct',
  'november nov',
  'december dec',
];
const numberForms = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const placeForms = ['first 1st', 'second 2nd', 'third 3rd', 'fourth 4th', 'fifth 5th'];
const units = 'second seconds minute minutes hour hours day days week weeks month months year years'.split(' ');

function numbered(forms: readonly string[]): ReadonlyMap<string, number> {
  return new Map(forms.flatMap((form, at) => form.split(' ').map((word) => [word, at + 1] as const)));
}

/** 1 is Monday. */
export const weekdayWords = numbered(weekdayForms);
/** 1 is January. */
export const monthWords = numbered(monthForms);
/** The nth of a weekday; -1 the last. */
export const placeWords: ReadonlyMap<string, number> = new Map([...numbered(placeForms), ['last', -1]]);
const numberWords: ReadonlyMap<string, number> = new Map([
  ...numberForms.map((word, at) => [word, at] as const),
  ['other', 2],
  ['a', 1],
  ['an', 1],
]);

const others =
  'every each daily hourly weekly monthly yearly annually quarterly weekday weekdays workday workdays weekend weekends noon midday midnight today tomorrow once between from until past half quarter'.split(
    ' ',
  );
const vocabulary = [...weekdayWords.keys(), ...monthWords.keys(), ...placeWords.keys(), ...units, ...others];

const accepted =
  'understood are, for example: "weekdays at 9:30", "every 2 hours", "every monday and thursday 7am", "last Friday 18:00", "first of the month at noon", "daily at 9 and 17:30 Europe/Berlin", or a crontab line';

/** A fault in the text, with where it is and what would be accepted. */
export function notUnderstood(word: Word | null, why?: string): JobTriggerError {
  if (word === null) return invalidField('text', why ?? `is empty; ${accepted}`, 'schedule_invalid');
  const shown = word.raw.length > 40 ? `${word.raw.slice(0, 40)}…` : word.raw;
  const near = why === undefined && word.text.length > 3 ? nearest(word.text) : null;
  const hint = near === null ? '' : ` Did you mean '${near}'?`;
  return invalidField(
    'text',
    `position ${word.position}: '${shown}' ${why ?? `is not understood;${hint} ${accepted}`}`,
    'schedule_invalid',
  );
}

/** The word of the vocabulary that was meant; null for one that stands in it, and is only in the wrong place. */
function nearest(text: string): string | null {
  if (vocabulary.includes(text)) return null;
  const ranked = vocabulary
    .map((word) => ({ word, distance: distanceBetween(text.slice(0, 20), word) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return ranked !== undefined && ranked.distance <= 2 ? ranked.word : null;
}

/** Words, numbers, times and zones; commas, brackets and full stops only separate. */
export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/[^\s,;()]+/g)]
    .map((match) => {
      const raw = match[0].replace(/[.!?]+$/, '');
      return { raw, text: raw.toLowerCase(), position: match.index + 1 };
    })
    .filter(({ raw }) => raw !== '');
}

export class Scanner {
  readonly #words: readonly Word[];
  #at = 0;

  constructor(words: readonly Word[]) {
    this.#words = words;
  }

  /** The next word, or one further on; null at the end. */
  peek(ahead = 0): Word | null {
    return this.#words[this.#at + ahead] ?? null;
  }
  /** Text of a word ahead; empty at the end. */
  text(ahead = 0): string {
    return this.peek(ahead)?.text ?? '';
  }
  skip(count = 1): void {
    this.#at += count;
  }
  /** Takes the next words when they are these, one of the alternatives each. */
  take(...alternatives: readonly string[]): boolean {
    const fits = alternatives.every((each, ahead) => each.split('|').includes(this.text(ahead)));
    if (fits) this.#at += alternatives.length;
    return fits;
  }
  /** A whole number written in digits or as a word. */
  number(): number | null {
    const word = this.text();
    const value = /^\d{1,5}$/.test(word) ? Number(word) : (numberWords.get(word) ?? null);
    if (value !== null) this.#at += 1;
    return value;
  }
}

/** `10` for `ten`, up to twelve; any other text as it is. */
export function hourDigits(text: string): string {
  const hour = numberForms.indexOf(text);
  return hour < 0 ? text : String(hour);
}

/** `3`, `15th`, `2nd`: a day of the month; null for anything else. */
export function dayNumber(text: string): number | null {
  const match = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(text);
  return match === null ? null : Number(match[1]);
}

const two = (value: number): string => String(value).padStart(2, '0');

const namedTimes: ReadonlyMap<string, string> = new Map([
  ['noon', '12:00'],
  ['midday', '12:00'],
  ['midnight', '00:00'],
]);

/** Null for an hour that the day, or its half, does not have. */
function hourOf(text: string, half: string): number | null {
  const hour = Number(text);
  if (half === '') return hour > 23 ? null : hour;
  return hour < 1 || hour > 12 ? null : (hour % 12) + (half === 'pm' ? 12 : 0);
}

/** `HH:MM` of `9:30`, `09.30`, `7am`, `7:30pm`, `noon`; null for anything else. `half` is a following `am` or `pm`. */
export function timeOf(text: string, half = ''): string | null {
  const named = namedTimes.get(text);
  if (named !== undefined) return named;
  const match = /^(\d{1,2})(?:[:.h]([0-5]\d))?(?::([0-5]\d))?(am|pm)?$/.exec(text);
  if (match === null) return null;
  const [, hourText = '', minute = '00', second] = match;
  const hour = hourOf(hourText, match[4] ?? half);
  return hour === null ? null : `${two(hour)}:${minute}${second === undefined ? '' : `:${second}`}`;
}
