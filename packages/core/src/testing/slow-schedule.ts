/**
 * A second opinion on schedules: slow, plain, and sharing nothing with `schedule/` but the shape of a rule.
 *
 * It asks `Intl` for the wall clock of every minute in a span and reads `docs/reference/schedules.md` literally. Whole
 * minutes only; cron fields are `*`, numbers, lists, ranges and steps.
 */
import type { ScheduleSpec } from '../model/schedule.ts';

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 is Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  /** Of the day. */
  readonly minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Wall clock of an instant as milliseconds, as if it stood in UTC. */
export function slowLocal(zone: string, at: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  const [month = '', day = '', year = '', hour = '', minute = '', second = ''] = format.format(at).split(/[^\d]+/);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

interface Minute {
  readonly at: number;
  readonly local: number;
  readonly wall: Wall;
}

function minute(at: number, local: number): Minute {
  return { at, local, wall: wallOf(local) };
}

/** What was read last: many rules are asked about the same days. */
let latest: { readonly key: string; readonly minutes: readonly Minute[] } | null = null;

/** Local readings of every minute in [from, to]; where two quarters of an hour agree, so do the minutes between. */
function readings(zone: string, from: number, to: number): readonly Minute[] {
  const key = `${zone} ${from} ${to}`;
  if (latest?.key === key) return latest.minutes;
  const found: Minute[] = [];
  for (let quarter = from; quarter <= to; quarter += quarterMs) {
    const [offset, next] = [
      slowLocal(zone, quarter) - quarter,
      slowLocal(zone, quarter + quarterMs) - quarter - quarterMs,
    ];
    for (let at = quarter; at < quarter + quarterMs && at <= to; at += minuteMs)
      found.push(minute(at, offset === next ? at + offset : slowLocal(zone, at)));
  }
  latest = { key, minutes: found };
  return found;
}

function wallOf(local: number): Wall {
  const date = new Date(local);
  const [hour, minute] = [date.getUTCHours(), date.getUTCMinutes()];
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: ((date.getUTCDay() + 6) % 7) + 1,
    hour,
    minute,
    minutes: hour * 60 + minute,
  };
}

function fieldMatches(field: string, value: number, least: number): boolean {
  return field.split(',').some((item) => {
    const [range = '', step = '1'] = item.split('/');
    if (range === '*') return (value - least) % Number(step) === 0;
    const [from = 0, to = from] = range.split('-').map(Number);
    return value >= from && value <= to && (value - from) % Number(step) === 0;
  });
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const lengthOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

interface Reader {
  readonly fixed: boolean;
  readonly matches: (wall: Wall) => boolean;
}

function cronReader(expression: string): Reader {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = expression.split(' ');
  const dayMatches = (wall: Wall): boolean => {
    const byDay = fieldMatches(day, wall.day, 1);
    const byWeekday = fieldMatches(weekday, wall.weekday % 7, 0) || (wall.weekday === 7 && fieldMatches(weekday, 7, 0));
    return day.startsWith('*') || weekday.startsWith('*') ? byDay && byWeekday : byDay || byWeekday;
  };
  return {
    fixed: !/[*/]/.test(minute + hour),
    matches: (wall) =>
      fieldMatches(minute, wall.minute, 0) &&
      fieldMatches(hour, wall.hour, 0) &&
      fieldMatches(month, wall.month, 1) &&
      dayMatches(wall),
  };
}

const atOneOf = (times: readonly string[], wall: Wall): boolean =>
  times.some((time) => minutesOf(time) === wall.minutes);

function monthlyReader(spec: Extract<ScheduleSpec, { kind: 'monthly' }>): Reader {
  if (!('day' in spec) || spec.day === 'last') throw new Error('the slow reader knows numbered days only');
  const { day, shortMonths, times } = spec;
  return {
    fixed: true,
    matches: (wall) => {
      const length = lengthOf(wall.year, wall.month);
      const wanted = day <= length ? day : shortMonths === 'skip' ? 0 : length;
      return wall.day === wanted && atOneOf(times, wall);
    },
  };
}

function intervalReader(spec: Extract<ScheduleSpec, { kind: 'interval' }>): Reader {
  if (spec.anchor === undefined) throw new Error('the slow reader knows anchored intervals only');
  const period = spec.every * (spec.unit === 'hours' ? 60 : 1);
  const anchor = minutesOf(spec.anchor) % period;
  return { fixed: period > 60, matches: (wall) => wall.minutes % period === anchor };
}

function readerOf(spec: ScheduleSpec): Reader {
  switch (spec.kind) {
    case 'cron':
      return cronReader(spec.expression);
    case 'hourly':
      return { fixed: false, matches: (wall) => wall.minute === spec.minute };
    case 'daily':
      return { fixed: true, matches: (wall) => atOneOf(spec.times, wall) };
    case 'weekly':
      return { fixed: true, matches: (wall) => spec.weekdays.includes(wall.weekday) && atOneOf(spec.times, wall) };
    case 'monthly':
      return monthlyReader(spec);
    case 'interval':
      return intervalReader(spec);
    default:
      throw new Error(`the slow reader does not know ${spec.kind}`);
  }
}

/** Instants of a rule in [from, to], filters apart. `from` and `to` are whole quarters of an hour. */
export function slowInstants(spec: ScheduleSpec, from: number, to: number): number[] {
  const { fixed, matches } = readerOf(spec);
  // A day more on either side, so that first showings and gaps at the edges are known.
  const minutes = readings(spec.timezone, from - 26 * 60 * minuteMs, to + 26 * 60 * minuteMs);
  const inside = (at: number): boolean => at >= from && at <= to;
  if (!fixed) return minutes.filter(({ at, wall }) => inside(at) && matches(wall)).map(({ at }) => at);
  const shown = new Set<number>();
  const found = new Set<number>();
  for (const { at, local, wall } of minutes) {
    if (!shown.has(local) && matches(wall)) found.add(at);
    shown.add(local);
  }
  minutes.forEach(({ at, local }, place) => {
    const before = minutes[place - 1]?.local ?? local - minuteMs;
    for (let lost = before + minuteMs; lost < local; lost += minuteMs) {
      const midnight = Math.floor(lost / 86_400_000) * 86_400_000;
      const wholeDate = before < midnight && local >= midnight + 86_400_000;
      if (!wholeDate && matches(wallOf(lost))) found.add(at);
    }
  });
  return [...found].filter(inside).sort((a, b) => a - b);
}
