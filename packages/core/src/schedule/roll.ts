/**
 * Readings on closed days, moved to the working day before or after at the same time. The rule names the moved
 * readings instead; two that meet are one, and the order stays strictly ascending.
 */
import type { HolidayPolicy } from '../model/schedule.ts';
import { dayMs, dayOf, type Local } from './civil.ts';
import { firstAtOrAfter, type Pattern } from './pattern.ts';
import type { WorkingDays } from './working-days.ts';

/** No closed stretch is longer for us: a reading that finds no working day within it stays, and is dropped. */
const farthest = 100;
const mostRemembered = 512;

export interface RolledPattern extends Pattern {
  /** The closed readings that were moved to this one, ascending. */
  rolledTo(reading: Local): readonly Local[];
}

/** Remembers some answers by day, as neighbours are asked for again and again. */
function remembered<T>(work: (day: number) => T): (day: number) => T {
  const known = new Map<number, T>();
  return (day) => {
    let answer = known.get(day);
    if (answer === undefined) {
      if (known.size >= mostRemembered) known.clear();
      answer = work(day);
      known.set(day, answer);
    }
    return answer;
  };
}

export function rolledPattern(base: Pattern, days: WorkingDays, policy: Exclude<HolidayPolicy, 'skip'>): RolledPattern {
  const step = policy === 'next' ? 1 : -1;

  /** The last answer of the rule, which is that of every question up to it: a rule that never comes is searched once. */
  let known = { from: Infinity, reading: null as Local | null };
  function nextOf(from: Local): Local | null {
    if (from >= known.from && (known.reading === null || from <= known.reading)) return known.reading;
    known = { from, reading: base.next(from) };
    return known.reading;
  }

  const readingsOn = remembered((day): readonly Local[] => {
    const found: Local[] = [];
    const end = (day + 1) * dayMs;
    for (let at = nextOf(day * dayMs); at !== null && at < end; at = nextOf(at + 1)) found.push(at);
    return found;
  });

  /** Days found closed at a time of day, so that a stretch without an end is not walked through from each of its days. */
  const barren = new Map<number, { from: number; to: number }>();

  function landingOf(reading: Local): Local {
    if (!days.isClosed(reading)) return reading;
    const [day, time] = [dayOf(reading), reading - dayOf(reading) * dayMs];
    const closed = barren.get(time);
    let there = day + step;
    if (closed !== undefined && there >= closed.from && there <= closed.to)
      there = step > 0 ? closed.to + 1 : closed.from - 1;
    while (Math.abs(there - day) <= farthest && !days.isOpen(there * dayMs + time)) there += step;
    const last = there - step;
    if (last !== day) barren.set(time, { from: Math.min(day + step, last), to: Math.max(day + step, last) });
    return Math.abs(there - day) <= farthest ? there * dayMs + time : reading;
  }

  /** Days whose readings may land on `day`: itself, and its neighbours up to the next whole working day. */
  function sourcesOf(day: number): readonly number[] {
    const found = [day];
    for (let count = 1; count <= farthest && !days.isWhole(day - step * count); count += 1)
      found.push(day - step * count);
    return found;
  }

  /** Where the readings of a day end up. */
  const landingsOf = remembered((day): readonly Local[] => readingsOn(day).map(landingOf));

  const landingsOn = remembered((day): readonly Local[] => {
    const [from, end] = [day * dayMs, (day + 1) * dayMs];
    const landed = sourcesOf(day).flatMap((source) =>
      landingsOf(source).filter((reading) => reading >= from && reading < end),
    );
    return [...new Set(landed)].sort((a, b) => a - b);
  });

  function lastWholeDay(day: number): number {
    let at = day;
    for (let count = 0; count < farthest && !days.isWhole(at); count += 1) at -= 1;
    return at;
  }

  /** The first day on which the next reading of the rule may land; null when there is none. */
  function landingDayAfter(day: number): number | null {
    const own = nextOf((day + 1) * dayMs);
    if (own === null) return null;
    return Math.max(day + 1, step > 0 ? dayOf(own) : lastWholeDay(dayOf(own)));
  }

  return {
    next(from) {
      let day = dayOf(from);
      if (step > 0) nextOf((day - farthest) * dayMs);
      for (let dry = 0; ; dry += 1) {
        const found = firstAtOrAfter(landingsOn(day), from);
        if (found !== null) return found;
        // What is still on its way from closed days behind lands within `farthest`.
        const pending = step > 0 && dry < farthest && !days.isWhole(day);
        const following = pending ? day + 1 : landingDayAfter(day);
        if (following === null) return null;
        if (following > day + 1) dry = 0;
        day = following;
      }
    },
    rolledTo: (reading) =>
      sourcesOf(dayOf(reading))
        .flatMap((source) => readingsOn(source))
        .filter((source) => source !== reading && landingOf(source) === reading)
        .sort((a, b) => a - b),
  };
}
