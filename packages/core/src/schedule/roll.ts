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

  const readingsOn = remembered((day): readonly Local[] => {
    const found: Local[] = [];
    const end = (day + 1) * dayMs;
    for (let at = base.next(day * dayMs); at !== null && at < end; at = base.next(at + 1)) found.push(at);
    return found;
  });

  function landingOf(reading: Local): Local {
    if (!days.isClosed(reading)) return reading;
    for (let count = 1; count <= farthest; count += 1) {
      const there = reading + step * count * dayMs;
      if (days.isOpen(there)) return there;
    }
    return reading;
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

  return {
    next(from) {
      let day = dayOf(from);
      for (let dry = 0; ; dry += 1) {
        const found = firstAtOrAfter(landingsOn(day), from);
        if (found !== null) return found;
        // The next reading of the rule; and what is still on its way from closed days behind lands within `farthest`.
        const own = base.next((day + 1) * dayMs);
        const pending = step > 0 && dry < farthest && !days.isWhole(day);
        if (own === null && !pending) return null;
        if (own === null || pending) day += 1;
        else {
          const target = step > 0 ? dayOf(own) : lastWholeDay(dayOf(own));
          if (target > day + 1) dry = 0;
          day = Math.max(day + 1, target);
        }
      }
    },
    rolledTo: (reading) =>
      sourcesOf(dayOf(reading))
        .flatMap((source) => readingsOn(source))
        .filter((source) => source !== reading && landingOf(source) === reading)
        .sort((a, b) => a - b),
  };
}
