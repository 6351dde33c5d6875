/**
 * A schedule from words or from a pasted crontab line.
 *
 * The answer is a schedule with what was understood, or a question with choices where the words can mean several things:
 * nothing is guessed. Each choice is a text that says what was meant, to be read again.
 */
import type { Instant } from '../model/instant.ts';
import type { Rule } from '../model/schedule.ts';
import { civilFromDays, dateText, dayOf, parseLocalDate, parseLocalDateTime, weekdayOf } from './civil.ts';
import { fromCrontab } from './crontab-words.ts';
import { dayNames, list, monthNames } from './date-words.ts';
import { readWords } from './word-reading.ts';
import type { Reading } from './reading.ts';
import { notUnderstood, Scanner, wordsOf } from './word-scanner.ts';
import { ask, refuse, understood, type AskedBack, type Understood, type WordsContext } from './words-answer.ts';
import { fixedInstant, zoneOf } from './zone.ts';

const mostCharacters = 2000;
const usualTimes = ['00:00', '06:00', '09:00', '12:00', '18:00'];

const plural = (day: number): string => dayNames[day - 1] ?? '';
const cronMonth = (months: readonly number[]): string =>
  months.length === 0 ? '*' : [...new Set(months)].sort((a, b) => a - b).join(',');

type FineUnit = 'seconds' | 'minutes' | 'hours';

/** A time of day at a named minute past the hour; null when none is named. */
function markOf([minute, ...more]: readonly number[], unit: FineUnit): string | null {
  if (more.length > 0 || (minute !== undefined && unit !== 'hours'))
    throw refuse('one minute past the hour goes with a rhythm of hours');
  return minute === undefined ? null : `00:${String(minute).padStart(2, '0')}`;
}

class Builder {
  readonly #text: string;
  readonly #read: Reading;
  readonly #context: WordsContext;
  readonly #zone: string;

  constructor(text: string, read: Reading, context: WordsContext) {
    this.#text = text.trim();
    this.#read = read;
    this.#context = context;
    this.#zone = read.zone ?? context.timezone;
  }

  answer(): Understood | AskedBack {
    const answer = this.#whichOne() ?? this.#onDays() ?? this.#withinDays();
    if (answer !== null) return answer;
    throw notUnderstood(wordsOf(this.#text)[0] ?? null, 'does not say when; write for example "weekdays at 9:30"');
  }

  /** Words that mean several things, whatever stands around them. */
  #whichOne(): AskedBack | null {
    const { cities, slashed } = this.#read;
    if (cities !== null) {
      const { word, zones } = cities;
      return ask(
        `Which ${word.raw}?`,
        zones.map((zone) => [zone, `${this.#text.slice(0, word.position - 1).replace(/\bin\s*$/i, '')}${zone}`]),
      );
    }
    if (slashed === null) return null;
    const { word, readings } = slashed;
    return ask(
      `Which day is ${word.raw}?`,
      readings.map((date) => [date, this.#text.replace(word.raw, date)]),
    );
  }

  #onDays(): Understood | AskedBack | null {
    const { date, once, months, weekdays } = this.#read;
    if (date !== null || (once && months.length === 1)) return this.#once(date ?? this.#nextDate());
    return this.#inMonth() ?? (weekdays.length > 0 && !this.#isFine() ? this.#weekdays() : null);
  }

  #inMonth(): Understood | AskedBack | null {
    const { months, places, days, workingDays } = this.#read;
    if (workingDays.length > 0) return this.#workingDay();
    if (places.length > 0) return this.#nthWeekday();
    if (days.length > 0) return this.#daysOfMonth();
    if (months.length === 0) return null;
    return this.#askDay(`Which day of ${list(months.map((month) => monthNames[month - 1] ?? ''))}?`);
  }

  #withinDays(): Understood | AskedBack | null {
    const { rhythm, repeats, minutes, times } = this.#read;
    if (rhythm !== null) return this.#rhythm(rhythm);
    if (repeats && minutes.length > 0) return this.#hourly();
    return times.length > 0 ? this.#onlyTimes() : null;
  }

  /** A rhythm within the day. */
  #isFine(): boolean {
    const unit = this.#read.rhythm?.unit;
    return (
      unit === 'seconds' ||
      unit === 'minutes' ||
      unit === 'hours' ||
      (this.#read.minutes.length > 0 && this.#read.times.length === 0)
    );
  }

  #understood(rule: Rule): Understood {
    const { window, weekdays } = this.#read;
    const hours = window ?? (this.#isFine() && weekdays.length > 0 ? { from: '00:00', to: '00:00' } : null);
    if (hours === null) return understood(rule, this.#zone);
    const days =
      this.#isFine() && weekdays.length > 0 ? { weekdays: [...new Set(weekdays)].sort((a, b) => a - b) } : {};
    return understood({ ...rule, activeHours: [{ ...hours, ...days }] }, this.#zone);
  }

  #askTime(): AskedBack {
    return ask(
      'At which time of day?',
      usualTimes.map((time) => [time, `${this.#text} at ${time}`]),
    );
  }
  #askDay(question: string): AskedBack {
    return ask(question, [
      ['On day 1', `${this.#text} on day 1`],
      ['On day 15', `${this.#text} on day 15`],
      ['On the last day', `${this.#text} on the last day`],
    ]);
  }
  #times(): readonly string[] {
    return [...new Set(this.#read.times)].sort();
  }
  #timesText(): string {
    return this.#times().join(' and ');
  }

  /** The zone when it was named, to stand behind a choice. */
  #zoneText(): string {
    return this.#read.zone === null ? '' : ` ${this.#zone}`;
  }

  #today(): number {
    return dayOf(zoneOf(this.#zone).toLocal(this.#context.now));
  }
  /** The coming date of a day and month. */
  #nextDate(): string {
    const { days, months } = this.#read;
    const [day] = days;
    if (typeof day !== 'number') throw refuse('once goes with a date, such as "once on 25 december at 9:00"');
    const today = this.#today();
    const { year } = civilFromDays(today);
    for (let ahead = 0; ahead < 9; ahead += 1) {
      const date = `${year + ahead}-${String(months[0] ?? 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
      const found = parseLocalDate(date);
      if (found !== null && found >= today) return date;
    }
    throw refuse('there is no such date in the coming years');
  }

  #once(date: string): Understood | AskedBack {
    if (this.#read.repeats)
      throw refuse(
        `position 1: a date and words that repeat exclude each other; write "once on ${date} at 9:00" or leave the date out`,
      );
    const [time, ...more] = this.#times();
    if (time === undefined) return this.#askTime();
    if (more.length > 0) throw refuse('one date has one time; make a schedule of each');
    const day = date === 'today' ? this.#today() : date === 'tomorrow' ? this.#today() + 1 : parseLocalDate(date);
    return understood(
      { kind: 'once', at: `${dateText(day ?? 0)}T${time.length === 5 ? `${time}:00` : time}` },
      this.#zone,
    );
  }

  /** Times that five cron fields can say together: all hours at the same minutes. */
  #cron(days: string, weekdays: string): Understood {
    const times = this.#times();
    const minutes = new Set(times.map((time) => Number(time.slice(3, 5))));
    if (minutes.size > 1)
      throw refuse('several times at different minutes go with one day of the month; make a schedule of each time');
    const hours = times.map((time) => Number(time.slice(0, 2))).join(',');
    const expression = `${[...minutes].join()} ${hours} ${days} ${cronMonth(this.#read.months)} ${weekdays}`;
    return this.#understood({ kind: 'cron', expression });
  }

  #nthWeekday(): Understood | AskedBack {
    const { places, weekdays, months } = this.#read;
    const times = this.#times();
    if (times.length === 0) return this.#askTime();
    const [nth, ...morePlaces] = places;
    const [weekday, ...moreDays] = weekdays;
    if (nth !== undefined && weekday !== undefined && morePlaces.length + moreDays.length === 0 && months.length < 2) {
      const [month] = months;
      const day = { nth, weekday, times };
      return this.#understood(month === undefined ? { kind: 'monthly', ...day } : { kind: 'yearly', month, ...day });
    }
    const items = weekdays.flatMap((day) =>
      places.map((place) => (place === -1 ? `${day % 7}L` : `${day % 7}#${place}`)),
    );
    return this.#cron('*', items.join());
  }

  #daysOfMonth(): Understood | AskedBack {
    const { days, months, weekdays, window } = this.#read;
    if (weekdays.length > 0)
      throw refuse(
        `a day of the month together with ${list(weekdays.map(plural))} can mean either or both; write a cron expression such as "0 9 13 * 5"`,
      );
    const times = this.#times();
    if (times.length === 0 && window === null) return this.#askTime();
    const [day, ...more] = days;
    if (day !== undefined && more.length === 0 && months.length < 2 && (day === 'last' || typeof day === 'number')) {
      const [month] = months;
      return this.#understood(
        month === undefined ? { kind: 'monthly', day, times } : { kind: 'yearly', month, day, times },
      );
    }
    const forms = { last: 'L', first_weekday: '1W', last_weekday: 'LW' };
    return this.#cron(
      [...new Set(days.map((one) => (typeof one === 'number' ? String(one) : forms[one])))].join(),
      '*',
    );
  }

  #workingDay(): Understood | AskedBack {
    const { workingDays, days, months, weekdays } = this.#read;
    const [businessDay, ...more] = workingDays;
    const [month, ...moreMonths] = months;
    if (businessDay === undefined || more.length + days.length + moreMonths.length + weekdays.length > 0)
      throw refuse('a working day goes with one day and one month; make a schedule of each');
    const times = this.#times();
    if (times.length === 0) return this.#askTime();
    return this.#understood(
      month === undefined ? { kind: 'monthly', businessDay, times } : { kind: 'yearly', month, businessDay, times },
    );
  }

  #weekdays(): Understood | AskedBack {
    const { rhythm, everySecond, repeats } = this.#read;
    const weekdays = [...new Set(this.#read.weekdays)].sort((a, b) => a - b);
    const times = this.#times();
    if (times.length === 0) return this.#askTime();
    const [first = 1] = weekdays;
    const name = plural(first);
    const zone = this.#zoneText();
    if (everySecond)
      return ask(`Every other ${name}, or the second ${name} of each month?`, [
        [`Every other ${name}`, `every 2 weeks on ${name} at ${this.#timesText()}${zone}`],
        [`The second ${name} of each month`, `second ${name} of the month at ${this.#timesText()}${zone}`],
      ]);
    if (rhythm !== null && rhythm.unit === 'weeks' && rhythm.count > 1)
      return this.#everyFewWeeks(rhythm.count, weekdays);
    if (!repeats && weekdays.length === 1) {
      const day = this.#coming(first);
      return ask(`Every ${name}, or once on the coming one?`, [
        [`Every ${name}`, `every ${name} at ${this.#timesText()}${zone}`],
        [`Once, on ${dateText(day)}`, `once on ${dateText(day)} at ${times[0] ?? ''}${zone}`],
      ]);
    }
    return this.#understood({ kind: 'weekly', weekdays, times });
  }

  /** Day number of the coming weekday, today left out. */
  #coming(weekday: number): number {
    const today = this.#today();
    return today + (((weekday - weekdayOf(today) + 6) % 7) + 1);
  }

  #startInstant(date: string): Instant {
    const [time = '00:00'] = this.#times();
    return fixedInstant(zoneOf(this.#zone), parseLocalDateTime(`${date}T${time}`) ?? 0) ?? this.#context.now;
  }

  #everyFewWeeks(count: number, weekdays: readonly number[]): Understood | AskedBack {
    const [weekday, ...more] = weekdays;
    if (weekday === undefined || more.length > 0 || this.#times().length > 1)
      throw refuse('every few weeks goes with one day and one time; make a schedule of each');
    const { start } = this.#read;
    if (start === null) {
      const first = this.#coming(weekday);
      const choices = Array.from({ length: Math.min(count, 6) }, (_, week) => dateText(first + week * 7));
      return ask(
        'Beginning on which day?',
        choices.map((date) => [date, `${this.#text} starting ${date}`]),
      );
    }
    if (weekdayOf(parseLocalDate(start) ?? 0) !== weekday) throw refuse(`${start} is no ${plural(weekday)}`);
    return this.#understood({ kind: 'interval', every: count, unit: 'weeks', start: this.#startInstant(start) });
  }

  #hourly(): Understood {
    const minutes = [...new Set(this.#read.minutes)].sort((a, b) => a - b);
    const [minute = 0, ...more] = minutes;
    if (more.length > 0) return this.#understood({ kind: 'cron', expression: `${minutes.join()} * * * *` });
    return this.#understood({ kind: 'hourly', minute });
  }

  #rhythm({ count, unit }: NonNullable<Reading['rhythm']>): Understood | AskedBack {
    if (count < 1) throw refuse('a rhythm counts from 1');
    if (unit === 'seconds' || unit === 'minutes' || unit === 'hours') return this.#fine(count, unit);
    return count === 1 ? this.#everyOne(unit) : this.#everyFew(count, unit);
  }

  #everyOne(unit: 'days' | 'weeks' | 'months' | 'years'): Understood | AskedBack {
    const times = this.#times();
    if (unit === 'days') return times.length === 0 ? this.#askTime() : this.#understood({ kind: 'daily', times });
    if (unit === 'weeks')
      return ask(
        'On which day of the week?',
        dayNames.map((day) => [
          day,
          `${this.#text.replace(/\bweekly\b|\b(?:every|each)\s+week\b/i, '')} every ${day}`.trim(),
        ]),
      );
    if (unit === 'months') return this.#askDay('On which day of the month?');
    return ask('On which day of the year?', [
      ['1 January', `${this.#text} on january 1`],
      ['31 December', `${this.#text} on december 31`],
    ]);
  }

  #everyFew(count: number, unit: 'days' | 'weeks' | 'months' | 'years'): Understood | AskedBack {
    const [time, ...more] = this.#times();
    if (more.length > 0) throw refuse(`every ${count} ${unit} goes with one time; make a schedule of each`);
    if (time === undefined) return this.#askTime();
    const { start } = this.#read;
    const long = unit === 'months' || unit === 'years';
    if (start === null) return this.#askStart(long);
    const rhythm = unit === 'years' ? ({ every: count * 12, unit: 'months' } as const) : { every: count, unit };
    return this.#understood({ kind: 'interval', ...rhythm, start: this.#startInstant(start) });
  }

  /** @param long a rhythm of months or years, which may begin with the next month */
  #askStart(long: boolean): AskedBack {
    const today = this.#today();
    const { year, month } = civilFromDays(today);
    const firstOfNext = month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
    const dates = long ? [dateText(today + 1), firstOfNext] : [dateText(today), dateText(today + 1)];
    return ask(
      'Counted from which day?',
      [...new Set(dates)].map((date) => [date, `${this.#text} starting ${date}`]),
    );
  }

  /** A rhythm of seconds, minutes or hours: real time by itself, marks of the clock with a window or a named minute. */
  #fine(every: number, unit: FineUnit): Understood {
    const { minutes } = this.#read;
    const [time = null, ...more] = this.#times();
    if (more.length > 0 || (time !== null && minutes.length > 0))
      throw refuse('a rhythm is counted from one time; name one, or none');
    if (unit === 'hours' && every === 1 && time === null) return this.#hourly();
    const anchor = this.#anchorOf(every, unit, time ?? markOf(minutes, unit));
    return this.#understood({ kind: 'interval', every, unit, ...(anchor === null ? {} : { anchor }) });
  }

  /** The time of day that a rhythm is counted from: the one that was asked for, or midnight where windows cut it. */
  #anchorOf(every: number, unit: FineUnit, asked: string | null): string | null {
    const { window, weekdays } = this.#read;
    const divides = 86_400 % (every * { seconds: 1, minutes: 60, hours: 3600 }[unit]) === 0;
    if (asked !== null && !divides)
      throw refuse(`every ${every} ${unit} does not divide the day, so it cannot be counted from a time of day`);
    const isCut = window !== null || weekdays.length > 0;
    return asked ?? (divides && isCut ? '00:00' : null);
  }

  #onlyTimes(): AskedBack {
    const at = this.#timesText();
    const zone = this.#zoneText();
    const [time = ''] = this.#times();
    const local = zoneOf(this.#zone).toLocal(this.#context.now);
    const today = dayOf(local);
    const later = (parseLocalDateTime(`${dateText(today)}T${time}`) ?? 0) > local;
    const date = dateText(later ? today : today + 1);
    return ask('On which days?', [
      ['Every day', `daily at ${at}${zone}`],
      ['Monday to Friday', `weekdays at ${at}${zone}`],
      [`Once, on ${date}`, `once on ${date} at ${time}${zone}`],
    ]);
  }
}

/**
 * Reads words or a crontab line. Pure: `now` matters only where the words name a day from today on.
 * @throws `schedule_invalid` at `text`, with the position and what would be accepted
 */
export function understandWords(text: string, context: WordsContext): Understood | AskedBack {
  if (text.length > mostCharacters) throw refuse(`is longer than ${mostCharacters} characters`);
  const crontab = fromCrontab(text, context);
  if (crontab !== null) return crontab;
  const words = wordsOf(text);
  if (words.length === 0) throw notUnderstood(null);
  return new Builder(text, readWords(new Scanner(words)), context).answer();
}
