/** When a moment that a calendar or the active hours close is over. */
import type { Instant } from '../model/instant.ts';
import type { ActiveWindow, ScheduleSpec } from '../model/schedule.ts';
import { blackoutAt, blackoutEnd } from './blackouts.ts';
import { dayMs, dayOf, parseLocalTime, weekdayOf, type Local } from './civil.ts';
import { droppedLocally } from './filters.ts';
import { zoneOf, type Zone } from './zone.ts';

export interface Closed {
  readonly reason: 'blackout' | 'holiday' | 'active_hours';
  /** The first instant at which nothing is closed any more; null when there is none for years. */
  readonly opensAt: Instant | null;
}

/** Closures follow each other at most so often before we give up looking for their end. */
const mostClosures = 5000;

/** What closes an instant itself, whatever the rule names: a blackout of either policy, a holiday, the active hours. */
export function closedAt(spec: ScheduleSpec, at: Instant): Closed | null {
  const reason = closingAt(spec, at);
  return reason === null ? null : { reason, opensAt: opensAfter(spec, at) };
}

function closingAt(spec: ScheduleSpec, at: Instant): Closed['reason'] | null {
  return blackoutAt(spec, at) === null ? droppedLocally(spec, at) : 'blackout';
}

function opensAfter(spec: ScheduleSpec, from: Instant): Instant | null {
  let at = from;
  for (let closures = 0; closures < mostClosures; closures += 1) {
    const reason = closingAt(spec, at);
    if (reason === null) return at;
    const end = endOf(spec, at, reason);
    if (end === null) return null;
    at = end;
  }
  return null;
}

function endOf(spec: ScheduleSpec, at: Instant, reason: Closed['reason']): Instant | null {
  if (reason === 'blackout') return blackoutEnd(spec, at);
  const zone = zoneOf(spec.timezone);
  const reading = zone.toLocal(at);
  // A clock that goes back may show an open hour once more.
  const ends = [zone.segmentAt(at).until];
  if (reason === 'holiday') ends.push(begins(zone, (dayOf(reading) + 1) * dayMs));
  else for (const opening of openings(spec.activeHours ?? [], reading)) ends.push(begins(zone, opening));
  return Math.min(...ends.filter((end) => end > at));
}

/** The readings at which windows open, today and in the week to come. */
function openings(windows: readonly ActiveWindow[], reading: Local): readonly Local[] {
  const days = Array.from({ length: 9 }, (_, ahead) => dayOf(reading) + ahead);
  return days.flatMap((day) =>
    windows
      .filter(({ weekdays }) => weekdays === undefined || weekdays.includes(weekdayOf(day)))
      .map(({ from }) => day * dayMs + (parseLocalTime(from) ?? 0)),
  );
}

/** The first instant that shows a reading, or the end of the gap that swallows it. */
export function begins(zone: Zone, reading: Local): Instant {
  const { instants, gap } = zone.resolve(reading);
  return instants[0] ?? gap?.at ?? reading;
}
