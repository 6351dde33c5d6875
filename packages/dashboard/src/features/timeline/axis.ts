import { clockText, dateText } from '../../lib/time.ts';

/** What a drawing shows: `from` included, `to` not, milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const hourMs = 3_600_000;

/** Lengths that the zoom steps through, in hours: 1 h to 90 d. */
export const zooms = [1, 3, 6, 12, 24, 72, 168, 336, 720, 2160] as const;

/** One step nearer (-1) or further (+1). */
export function zoomed(hours: number, step: -1 | 1): number {
  const at = zooms.findIndex((one) => one >= hours);
  return zooms[Math.min(zooms.length - 1, Math.max(0, (at === -1 ? zooms.length - 1 : at) + step))] ?? 24;
}

/** One day of a zone: 23 or 25 hours long where clocks change. */
export interface Day extends Span {
  readonly label: string;
  readonly hours: number;
}

/** The instant at which a zone's next date begins. Dates may begin at 01:00 where midnight does not exist. */
function nextDay(at: number, zone: string): number {
  const today = dateText(at, zone);
  let low = at;
  let high = at + 20 * hourMs;
  while (dateText(high, zone) === today) high += 2 * hourMs;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (middle <= low) break;
    if (dateText(middle, zone) === today) low = middle;
    else high = middle;
  }
  return high;
}

/** The instant at which the date of `at` began in a zone. */
export function startOfDay(at: number, zone: string): number {
  const today = dateText(at, zone);
  let low = at - 26 * hourMs;
  let high = Math.floor(at / 1000) * 1000;
  if (dateText(high, zone) !== today) return at;
  while (high - low > 1000) {
    const middle = Math.ceil((low + high) / 2000) * 1000;
    if (middle >= high) break;
    if (dateText(middle, zone) === today) high = middle;
    else low = middle;
  }
  return high;
}

/** The dates that a span touches, each whole. */
export function daysOf({ from, to }: Span, zone: string): readonly Day[] {
  const days: Day[] = [];
  for (let at = startOfDay(from, zone); at < to && days.length < 400;) {
    const end = nextDay(at, zone);
    days.push({ from: at, to: end, label: dateText(at, zone), hours: Math.round(((end - at) / hourMs) * 2) / 2 });
    at = end;
  }
  return days;
}

/** The Monday on or before the date of `at`. */
export function startOfWeek(at: number, zone: string): number {
  let day = startOfDay(at, zone);
  for (let back = 0; back < 7 && weekdayIn(day, zone) !== 1; back += 1) day = startOfDay(day - 1, zone);
  return day;
}

/** 1 is Monday: the days from a Monday that is known, counted by the labels of dates. */
export function weekdayIn(at: number, zone: string): number {
  const utc = Math.floor(at / (24 * hourMs));
  // The zone's date is the UTC date, or one beside it.
  const label = dateText(at, zone);
  const day = [0, -1, 1].map((near) => utc + near).find((one) => dateText(one * 24 * hourMs, 'UTC') === label) ?? utc;
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
  /** A new date begins. */
  readonly strong: boolean;
}

const steps = [5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * 60_000);

/** Readable marks: hours of the wall clock, and dates where they begin. */
export function ticksOf(span: Span, zone: string, most: number): readonly Tick[] {
  const days = daysOf(span, zone);
  const step = steps.find((one) => (span.to - span.from) / one <= most);
  const inside = (at: number): boolean => at >= span.from && at < span.to;
  const dates = days.filter((day) => inside(day.from));
  const every = step === undefined ? Math.ceil(days.length / Math.min(most, 9)) : 1;
  const short = (label: string): string => label.replace(/,? \d{4}$/, '');
  const ticks: Tick[] = dates
    .filter((_, place) => place % every === 0)
    .map(({ from, label, hours }) => ({
      at: from,
      label: hours === 24 ? short(label) : `${short(label)} · ${hours} h`,
      strong: true,
    }));
  if (step === undefined) return ticks;
  for (const day of days)
    for (let at = day.from + step; at < day.to - step / 2; at += step)
      if (inside(at)) ticks.push({ at, label: clockText(at, zone), strong: false });
  return ticks.sort((a, b) => a.at - b.at);
}

/** Where an instant stands, in per cent of the span. */
export function placeOf(at: number, { from, to }: Span): number {
  return Math.max(0, Math.min(100, ((at - from) / (to - from)) * 100));
}
