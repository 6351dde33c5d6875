/** Windows without runs: ranges of instants, windows of each week and of each year. */
import type { BlackoutContent, BlackoutPolicy, Calendar, YearlyTime } from '../model/calendar.ts';
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import {
  civilFromDays,
  dayMs,
  dayOf,
  daysFromCivil,
  daysInMonth,
  parseLocalTime,
  weekdayOf,
  type Local,
} from './civil.ts';
import { placeAtOrAfter } from './pattern.ts';
import { zoneOf, type Zone } from './zone.ts';

/** The window that holds an instant. */
export interface Blackout {
  readonly until: Instant;
  /** Null for a bare range of the schedule itself. */
  readonly name: string | null;
  readonly calendar: string | null;
  readonly policy: BlackoutPolicy;
}

type Found = Pick<Blackout, 'until' | 'name'>;
type Search = (at: Instant) => Found | null;

/** Ranges by their start, with the latest end so far, so that a search need not look at all of them. */
function inRanges(ranges: readonly { readonly from: Instant; readonly to: Instant; readonly name?: string }[]): Search {
  const sorted = ranges.toSorted((a, b) => a.from - b.from);
  const starts = sorted.map(({ from }) => from);
  const latest: Instant[] = [];
  for (const { to } of sorted) latest.push(Math.max(to, latest.at(-1) ?? -Infinity));
  return (at) => {
    let found: Found | null = null;
    for (let index = placeAtOrAfter(starts, at + 1) - 1; index >= 0 && (latest[index] ?? 0) > at; index -= 1) {
      const range = sorted[index];
      if (range !== undefined && range.to > at && (found === null || range.to > found.until))
        found = { until: range.to, name: range.name ?? null };
    }
    return found;
  };
}

/** The first instant after `at` at which the zone shows a reading, or the end of the gap that swallows it. */
function shownAfter(zone: Zone, reading: Local, at: Instant): Instant {
  const { instants, gap } = zone.resolve(reading);
  return instants.find((instant) => instant > at) ?? (gap !== null && gap.at > at ? gap.at : at + 1);
}

function inWeek({ weekly }: BlackoutContent, zone: Zone): Search {
  const windows = weekly.map(({ from, to, ...rest }) => {
    const start = parseLocalTime(from) ?? 0;
    const end = parseLocalTime(to) ?? 0;
    return { ...rest, start, length: end > start ? end - start : end - start + dayMs };
  });
  return (at) => {
    const reading = zone.toLocal(at);
    let found: Found | null = null;
    for (const { weekdays, start, length, name } of windows) {
      for (const day of [dayOf(reading), dayOf(reading) - 1]) {
        const begin = day * dayMs + start;
        if (!weekdays.includes(weekdayOf(day)) || reading < begin || reading >= begin + length) continue;
        const until = shownAfter(zone, begin + length, at);
        if (found === null || until > found.until) found = { until, name };
      }
    }
    return found;
  };
}

const yearlyTime = /^(\d{2})-(\d{2})T(\d{2}:\d{2})$/;

/** Month, day and time of `MM-DDTHH:MM`; null when it is none. 29 February is the 28th in common years. */
export function parseYearlyTime(
  text: YearlyTime,
): { readonly month: number; readonly day: number; readonly time: number } | null {
  const match = yearlyTime.exec(text);
  const time = match === null ? null : parseLocalTime(match[3] ?? '');
  const [month, day] = [Number(match?.[1]), Number(match?.[2])];
  if (time === null || !(month >= 1 && month <= 12) || !(day >= 1 && day <= daysInMonth(2024, month))) return null;
  return { month, day, time };
}

function readingOf(year: number, text: YearlyTime): Local {
  const { month, day, time } = parseYearlyTime(text) ?? { month: 1, day: 1, time: 0 };
  return daysFromCivil(year, month, Math.min(day, daysInMonth(year, month))) * dayMs + time;
}

function inYear({ yearly }: BlackoutContent, zone: Zone): Search {
  return (at) => {
    const reading = zone.toLocal(at);
    const { year } = civilFromDays(dayOf(reading));
    let found: Found | null = null;
    for (const { from, to, name } of yearly) {
      for (const start of [year, year - 1]) {
        const begin = readingOf(start, from);
        const sameYear = readingOf(start, to);
        const end = sameYear > begin ? sameYear : readingOf(start + 1, to);
        if (reading < begin || reading >= end) continue;
        const until = shownAfter(zone, end, at);
        if (found === null || until > found.until) found = { until, name };
      }
    }
    return found;
  };
}

/** One window between two instants, `to` not included. */
export interface BlackoutWindow {
  readonly from: Instant;
  readonly to: Instant;
  readonly name: string;
}

/** The instant at which a reading begins: the first of two, the end of the gap that swallows it. */
function beginsAt(zone: Zone, reading: Local): Instant {
  const { instants, gap } = zone.resolve(reading);
  return instants[0] ?? gap?.at ?? reading;
}

type Recurring = Pick<BlackoutWindow, 'name'> & { readonly begin: Local; readonly end: Local };

/** The weekly windows that begin on a day, as readings. */
function weeklyOn(content: BlackoutContent, day: number): readonly Recurring[] {
  return content.weekly
    .filter(({ weekdays }) => weekdays.includes(weekdayOf(day)))
    .map(({ from, to, name }) => {
      const [begin, finish] = [parseLocalTime(from) ?? 0, parseLocalTime(to) ?? 0];
      const length = finish > begin ? finish - begin : finish - begin + dayMs;
      return { begin: day * dayMs + begin, end: day * dayMs + begin + length, name };
    });
}

/** The yearly windows that begin in a year, as readings. */
function yearlyIn(content: BlackoutContent, year: number): readonly Recurring[] {
  return content.yearly.map(({ from, to, name }) => {
    const begin = readingOf(year, from);
    const sameYear = readingOf(year, to);
    return { begin, end: sameYear > begin ? sameYear : readingOf(year + 1, to), name };
  });
}

/** Windows of a calendar that touch the span, by their beginning; at most `limit` of each sort. */
export function windowsIn(
  content: BlackoutContent,
  { from, to, limit }: { readonly from: Instant; readonly to: Instant; readonly limit: number },
): readonly BlackoutWindow[] {
  const zone = zoneOf(content.timezone);
  const touches = (window: BlackoutWindow): boolean => window.from < to && window.to > from;
  // A window may have begun on the day, or in the year, before the span.
  const recurring = (first: number, last: number, beginningIn: (unit: number) => readonly Recurring[]) => {
    const found: BlackoutWindow[] = [];
    for (let unit = first - 1; unit <= last && found.length < limit; unit += 1)
      for (const { begin, end, name } of beginningIn(unit)) {
        const window = { from: beginsAt(zone, begin), to: beginsAt(zone, end), name };
        if (touches(window)) found.push(window);
      }
    return found.slice(0, limit);
  };
  const [firstDay, lastDay] = [dayOf(zone.toLocal(from)), dayOf(zone.toLocal(to))];
  const [firstYear, lastYear] = [civilFromDays(firstDay).year, civilFromDays(lastDay).year];
  return [
    ...content.ranges.filter(touches).slice(0, limit),
    ...(content.weekly.length > 0 ? recurring(firstDay, lastDay, (day) => weeklyOn(content, day)) : []),
    ...(content.yearly.length > 0 ? recurring(firstYear, lastYear, (year) => yearlyIn(content, year)) : []),
  ].toSorted((one, other) => one.from - other.from || one.to - other.to);
}

const compiled = new WeakMap<Calendar, readonly Search[]>();

function searchesOf(calendar: Calendar, content: BlackoutContent): readonly Search[] {
  let searches = compiled.get(calendar);
  if (searches === undefined) {
    const zone = zoneOf(content.timezone);
    searches = [
      ...(content.ranges.length > 0 ? [inRanges(content.ranges)] : []),
      ...(content.weekly.length > 0 ? [inWeek(content, zone)] : []),
      ...(content.yearly.length > 0 ? [inYear(content, zone)] : []),
    ];
    compiled.set(calendar, searches);
  }
  return searches;
}

interface Windows extends Pick<Blackout, 'calendar' | 'policy'> {
  readonly search: Search;
}
const kept = new WeakMap<ScheduleSpec, readonly Windows[]>();

function windowsOf(spec: ScheduleSpec): readonly Windows[] {
  const known = kept.get(spec);
  if (known !== undefined) return known;
  const windows: Windows[] = [];
  if (spec.blackouts !== undefined && spec.blackouts.length > 0)
    windows.push({ search: inRanges(spec.blackouts), calendar: null, policy: spec.blackoutPolicy ?? 'skip' });
  for (const calendar of spec.resolved ?? []) {
    const { content, name } = calendar;
    if (content.kind !== 'blackout') continue;
    const policy = spec.blackoutPolicy ?? content.policy;
    windows.push(...searchesOf(calendar, content).map((search) => ({ search, calendar: name, policy })));
  }
  kept.set(spec, windows);
  return windows;
}

/** The blackout an instant lies in. Where several overlap, one that skips goes before one that defers, a longer before a shorter. */
export function blackoutAt(spec: ScheduleSpec, at: Instant): Blackout | null {
  let found: Blackout | null = null;
  for (const { search, calendar, policy } of windowsOf(spec)) {
    const here = search(at);
    if (here === null) continue;
    const wins = found === null || (policy === found.policy ? here.until > found.until : policy === 'skip');
    if (wins) found = { ...here, calendar, policy };
  }
  return found;
}

/** Windows that follow each other are one; a chain longer than this has no end for us. */
const longestChain = 1000;

/** The last endless stretch found, so that a search through its days does not walk through it each time. */
const endless = new WeakMap<ScheduleSpec, { readonly from: Instant; readonly to: Instant }>();

/** The first instant from `at` on that no blackout holds; null when they have no end. */
export function blackoutEnd(spec: ScheduleSpec, at: Instant): Instant | null {
  const known = endless.get(spec);
  if (known !== undefined && at >= known.from && at < known.to) return null;
  let end = at;
  for (let count = 0; count < longestChain; count += 1) {
    const here = blackoutAt(spec, end);
    if (here === null) return end;
    end = here.until;
  }
  endless.set(spec, { from: at, to: end });
  return null;
}
