/** A schedule in one line of words, with its zone where a wall clock is involved. */
import cronstrue from 'cronstrue';
import type { MonthDay, ScheduleSpec, Weekday } from '../model/schedule.ts';
import { dayNames, list, monthNames } from './date-words.ts';

const places: Readonly<Record<number, string>> = {
  1: 'first',
  2: 'second',
  3: 'third',
  4: 'fourth',
  5: 'fifth',
  [-1]: 'last',
};

const dayName = (weekday: Weekday): string => dayNames[weekday - 1] ?? String(weekday);

function days(weekdays: readonly Weekday[]): string {
  const sorted = [...new Set(weekdays)].sort((a, b) => a - b);
  if (sorted.join() === '1,2,3,4,5') return 'weekday';
  return sorted.length === 7 ? 'day' : list(sorted.map(dayName));
}

function onDay(rule: MonthDay): string {
  if ('businessDay' in rule) {
    const place = places[rule.businessDay];
    return place === undefined ? `working day ${rule.businessDay}` : `the ${place} working day`;
  }
  if ('nth' in rule) return `the ${places[rule.nth] ?? rule.nth} ${dayName(rule.weekday)}`;
  if (rule.day === 'last') return 'the last day';
  const short =
    rule.day <= 28
      ? ''
      : rule.shortMonths === 'skip'
        ? ', months without it passed over'
        : ', or the last day of a shorter month';
  return `day ${rule.day}${short}`;
}

const monthName = (month: number): string => monthNames[month - 1] ?? 'month';

interface RuleWords {
  readonly words: string;
  /** It names times of a wall clock, so that its zone matters. */
  readonly zoned: boolean;
}

/** Units from the largest down, as `7200 s` reads "2 hours". */
const larger: Readonly<Record<string, readonly [number, string]>> = {
  seconds: [60, 'minutes'],
  minutes: [60, 'hours'],
  hours: [24, 'days'],
  days: [7, 'weeks'],
};

function every(amount: number, unit: string): string {
  let [count, name] = [amount, unit];
  for (let next = larger[name]; next !== undefined && count % next[0] === 0; next = larger[name])
    [count, name] = [count / next[0], next[1]];
  return count === 1 ? `Every ${name.slice(0, -1)}` : `Every ${count} ${name}`;
}

function intervalWords({ every: count, unit, anchor }: Extract<ScheduleSpec, { kind: 'interval' }>): RuleWords {
  if (anchor === undefined) return { words: every(count, unit), zoned: false };
  return { words: `${every(count, unit)}, at marks that include ${anchor}`, zoned: true };
}

function rule(spec: ScheduleSpec): RuleWords {
  switch (spec.kind) {
    case 'cron':
      return { words: cronWords(spec.expression), zoned: true };
    case 'interval':
      return intervalWords(spec);
    case 'hourly':
      return { words: `Every hour at :${String(spec.minute).padStart(2, '0')}`, zoned: false };
    case 'daily':
      return { words: `Daily at ${list(spec.times)}`, zoned: true };
    case 'weekly':
      return { words: `Every ${days(spec.weekdays)} at ${list(spec.times)}`, zoned: true };
    case 'monthly':
      return { words: `Monthly on ${onDay(spec)} at ${list(spec.times)}`, zoned: true };
    case 'yearly':
      return {
        words: `Every ${monthName(spec.month)} on ${onDay(spec)} at ${list(spec.times)}`,
        zoned: true,
      };
    case 'once':
      return { words: `Once on ${spec.at.slice(0, 10)} at ${spec.at.slice(11)}`, zoned: true };
    case 'rrule':
      return { words: `By the calendar rule ${spec.rrule}`, zoned: true };
  }
}

/** cronstrue's words; where it says "and" between the two day fields although either is enough, we say "or". */
function cronWords(expression: string): string {
  try {
    const words = cronstrue.toString(expression, { use24HourTimeFormat: true, verbose: false });
    const fields = expression.trim().split(/\s+/).slice(-3);
    const either =
      fields[0] !== undefined && fields[2] !== undefined && !/^[*?]/.test(fields[0]) && !/^[*?]/.test(fields[2]);
    return either ? words.replace(/, and (?=on|only on|the)/, ', or ') : words;
  } catch {
    return `By the cron expression ${expression}`;
  }
}

const onHolidays = {
  skip: 'not on holidays',
  previous: 'on holidays moved to the working day before',
  next: 'on holidays moved to the next working day',
} as const;

/** What holidays do to it, with the names of its calendars where they are known. */
function holidayWords({ holidays = [], resolved = [], holidayPolicy = 'skip' }: ScheduleSpec): string {
  const names = resolved.filter(({ content }) => content.kind === 'holiday').map(({ name }) => name);
  if (names.length === 0 && holidays.length === 0) return '';
  return `, ${onHolidays[holidayPolicy]}${names.length === 0 ? '' : ` (${list(names)})`}`;
}

/** "Daily at 09:00 (Asia/Hong_Kong)". Expects a schedule that was validated. */
export function describe(spec: ScheduleSpec): string {
  const { words, zoned } = rule(spec);
  const windows = spec.activeHours ?? [];
  const hours = windows.length === 0 ? '' : `, inside ${list(windows.map((window) => `${window.from}–${window.to}`))}`;
  return `${words}${hours}${holidayWords(spec)}${zoned || hours !== '' ? ` (${spec.timezone})` : ''}`;
}
