/**
 * From a rule to its instants: the one place where wall-clock patterns meet a zone.
 *
 * Two classes differ when clocks change. *Fixed-time* rules name times of day: a skipped one runs at the end of the
 * gap, a repeated one at its first showing. *Recurring* rules follow real time: every instant whose wall clock matches.
 */
import type { Instant } from '../model/instant.ts';
import type { Rule, ScheduleSpec } from '../model/schedule.ts';
import {
  civilFromDays,
  dayMs,
  dayOf,
  daysFromCivil,
  daysInMonth,
  parseLocalDateTime,
  parseLocalTime,
  timeOf,
  type Local,
} from './civil.ts';
import { parseCron } from './cron-parse.ts';
import { cronPattern, dailyPattern, everyPattern, monthlyPattern, weeklyPattern, type Pattern } from './pattern.ts';
import { rolledPattern, type RolledPattern } from './roll.ts';
import { expandRecurrence } from './recurrence.ts';
import { parseRecurrence } from './rrule.ts';
import { workingDaysOf } from './working-days.ts';
import { calendarInstant, fixedInstant, zoneOf, type Zone } from './zone.ts';

/** How a rule behaves when clocks change; `elapsed` ignores them. */
type RuleClass = 'fixed' | 'recurring' | 'elapsed' | 'calendar';

/** A rule made ready: asking it for the next instant costs about the same however far away that is. */
export interface CompiledRule {
  readonly class: RuleClass;
  readonly zone: Zone;
  /** First instant strictly after `after`; null when the rule has ended. */
  next(after: Instant): Instant | null;
  /** How many instants lie in (after, until], where arithmetic can tell; null where they must be walked through. */
  count(after: Instant, until: Instant): number | null;
  /** Local reading that an instant was named by, when the clock did not show it. Null for ordinary ones. */
  namedReading(at: Instant): Local | null;
  /** It runs only because a clock change skipped its local time. */
  isMadeUp(at: Instant): boolean;
  /** Local readings on closed days that were rolled to this instant. */
  rolledTo(at: Instant): readonly Local[];
  /** Readings of a rhythm in [from, to); other classes have none. Counting stops at 10,000. */
  marksIn(from: Local, to: Local): number;
}

const unitMs = { seconds: 1000, minutes: 60_000, hours: 3_600_000 } as const;

/** What a rule of wall-clock times starts from: nothing in here is reached by an endless search. */
const noCount = (): null => null;
/** What a rule answers that follows real time: nothing skipped, nothing rolled, nothing lost in a gap. */
const plain = { namedReading: () => null, isMadeUp: () => false, rolledTo: () => [], marksIn: () => 0 } as const;

const isRolled = (pattern: Pattern): pattern is RolledPattern => 'rolledTo' in pattern;

function fixedRule(pattern: Pattern, zone: Zone): CompiledRule {
  const next = (after: Instant): Instant | null => {
    let reading = pattern.next(zone.toLocal(after) + 1);
    while (reading !== null) {
      const at = fixedInstant(zone, reading);
      if (at !== null && at > after) return at;
      reading = pattern.next(reading + 1);
    }
    return null;
  };
  const namedReading = (at: Instant): Local | null => {
    const { from, offset } = zone.segmentAt(at);
    if (from !== at) return null;
    const gapFrom = at + zone.segmentAt(at - 1).offset;
    const reading = pattern.next(gapFrom);
    return reading !== null && reading < at + offset ? reading : null;
  };
  return {
    class: 'fixed',
    zone,
    next,
    count: noCount,
    marksIn: plain.marksIn,
    namedReading,
    isMadeUp: (at) => namedReading(at) !== null && pattern.next(zone.toLocal(at)) !== zone.toLocal(at),
    rolledTo: (at) => (isRolled(pattern) ? pattern.rolledTo(namedReading(at) ?? zone.toLocal(at)) : []),
  };
}

/** Walks through the stretches of one offset: inside one, wall clock and real time go hand in hand. */
function recurringRule(pattern: Pattern, zone: Zone): CompiledRule {
  return {
    class: 'recurring',
    zone,
    count: noCount,
    ...plain,
    marksIn(from, to) {
      let marks = 0;
      for (let at = pattern.next(from); at !== null && at < to && marks < 10_000; at = pattern.next(at + 1)) marks += 1;
      return marks;
    },
    next(after) {
      let from = after + 1;
      for (;;) {
        const segment = zone.segmentAt(from);
        const reading = pattern.next(from + segment.offset);
        if (reading === null) return null;
        const at = reading - segment.offset;
        if (at < segment.until) return at;
        from = segment.until;
      }
    },
  };
}

function elapsedRule(everyMs: number, start: Instant, zone: Zone): CompiledRule {
  const index = (at: Instant): number => Math.max(0, Math.floor((at - start) / everyMs) + 1);
  return {
    class: 'elapsed',
    zone,
    next: (after) => start + index(after) * everyMs,
    count: (after, until) => Math.max(0, index(until) - index(after)),
    ...plain,
  };
}

/** Calendar units keep the wall clock of the start; each counts from the start, so that a short month leaves no trace. */
function unitPattern(every: number, unit: 'days' | 'weeks' | 'months', start: Local): Pattern {
  const origin = civilFromDays(dayOf(start));
  const time = timeOf(start);
  const reading = (at: number): Local => {
    if (unit !== 'months') return (dayOf(start) + at * every * (unit === 'weeks' ? 7 : 1)) * dayMs + time;
    const index = origin.year * 12 + origin.month - 1 + at * every;
    const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
    return daysFromCivil(year, month, Math.min(origin.day, daysInMonth(year, month))) * dayMs + time;
  };
  const longest = every * { days: 1, weeks: 7, months: 31 }[unit] * dayMs;
  return {
    next(from) {
      let at = Math.max(0, Math.floor((from - start) / longest) - 1);
      while (reading(at) < from) at += 1;
      return reading(at);
    },
  };
}

function oncePattern({ at }: Extract<Rule, { kind: 'once' }>): Pattern {
  const reading = parseLocalDateTime(at) ?? 0;
  return { next: (from) => (from <= reading ? reading : null) };
}

const mostRemembered = 2000;

/** Whether a walk that found these instants can answer what comes after `after`, and is not too long to be searched. */
function reaches(found: readonly Instant[], after: Instant): boolean {
  return (found[0] ?? Infinity) <= after && found.length <= mostRemembered;
}

/** A recurrence rule reads skipped times as calendars do, and is walked through once, remembering what it found. */
function recurrenceRule(rule: Extract<Rule, { kind: 'rrule' }>, zone: Zone): CompiledRule {
  const parsed = parseRecurrence(rule.rrule);
  const start = parseLocalDateTime(rule.dtstart) ?? 0;
  const excluded = new Set((rule.exdates ?? []).map((text) => parseLocalDateTime(text)));
  const last =
    parsed.until === null ? null : parsed.until.utc ? parsed.until.at : calendarInstant(zone, parsed.until.at);
  /** Skipped readings by the instants they were moved to: one or two a year. */
  const unshown = new Map<Instant, Local>();
  function* instants(from: Local): Generator<Instant> {
    let left = parsed.count ?? Infinity;
    let latest = -Infinity;
    for (const reading of expandRecurrence(parsed, start, from)) {
      const at = calendarInstant(zone, reading);
      if (at === null) continue;
      if (left <= 0 || (last !== null && at > last)) return;
      left -= 1;
      if (excluded.has(reading) || at <= latest) continue;
      latest = at;
      if (zone.toLocal(at) !== reading) unshown.set(at, reading);
      yield at;
    }
  }
  let walk: { found: Instant[]; rest: Generator<Instant> } | null = null;
  return {
    class: 'calendar',
    zone,
    count: noCount,
    ...plain,
    namedReading: (at) => unshown.get(at) ?? null,
    next(after) {
      if (walk === null || !reaches(walk.found, after))
        walk = { found: [], rest: instants(zone.toLocal(after) - dayMs) };
      const inMemory = walk.found.find((at) => at > after);
      if (inMemory !== undefined) return inMemory;
      for (;;) {
        const step = walk.rest.next();
        if (step.done === true) {
          walk = null;
          return null;
        }
        walk.found.push(step.value);
        if (step.value > after) return step.value;
      }
    },
  };
}

/** A recurrence on the wall clock that its instants show, so that its days can be rolled. */
function readingsOf(rule: CompiledRule): Pattern {
  return {
    next(from) {
      const { instants, gap } = rule.zone.resolve(from);
      let at = rule.next((instants[0] ?? gap?.at ?? from) - 1);
      while (at !== null && rule.zone.toLocal(at) < from) at = rule.next(at);
      return at === null ? null : rule.zone.toLocal(at);
    },
  };
}

function timesOf(times: readonly string[]): readonly number[] {
  return [...new Set(times.map((text) => parseLocalTime(text) ?? 0))].sort((a, b) => a - b);
}

/** From the readings of a fixed-time rule to the rule: where a holiday policy rolls days, it rolls them here. */
type Fixed = (pattern: Pattern) => CompiledRule;
/** A holiday policy at work. */
type Roll = (pattern: Pattern) => Pattern;

function interval(rule: Extract<Rule, { kind: 'interval' }>, zone: Zone, fixed: Fixed): CompiledRule {
  const { every, unit } = rule;
  if (rule.anchor !== undefined) {
    const period = every * unitMs[unit as keyof typeof unitMs];
    const pattern = everyPattern(period, (parseLocalTime(rule.anchor) ?? 0) % period);
    return period > 3_600_000 ? fixed(pattern) : recurringRule(pattern, zone);
  }
  const start = rule.start ?? 0;
  if (unit === 'days' || unit === 'weeks' || unit === 'months')
    return fixed(unitPattern(every, unit, zone.toLocal(start)));
  return elapsedRule(every * unitMs[unit], start, zone);
}

function cron({ expression }: Extract<Rule, { kind: 'cron' }>, zone: Zone, fixed: Fixed): CompiledRule {
  const fields = parseCron(expression);
  return fields.fixedTime ? fixed(cronPattern(fields)) : recurringRule(cronPattern(fields), zone);
}

function recurrence(rule: Extract<Rule, { kind: 'rrule' }>, zone: Zone, roll: Roll | null): CompiledRule {
  const unrolled = recurrenceRule(rule, zone);
  return roll === null ? unrolled : fixedRule(roll(readingsOf(unrolled)), zone);
}

/** How the holiday policy moves readings; null where they stay, or where there is no working day to move to. */
function rollOf(spec: ScheduleSpec): Roll | null {
  const days = workingDaysOf(spec);
  const policy = spec.holidayPolicy ?? 'skip';
  if (policy === 'skip' || days.isEmpty || !days.hasWorkdays) return null;
  return (pattern) => rolledPattern(pattern, days, policy);
}

/** Makes a valid, resolved rule ready. @throws `schedule_invalid` for a cron or recurrence text that cannot be read */
function compileRule(spec: ScheduleSpec): CompiledRule {
  const zone = zoneOf(spec.timezone);
  const days = workingDaysOf(spec);
  const roll = rollOf(spec);
  const fixed: Fixed = (pattern) => fixedRule(roll === null ? pattern : roll(pattern), zone);
  switch (spec.kind) {
    case 'cron':
      return cron(spec, zone, fixed);
    case 'interval':
      return interval(spec, zone, fixed);
    case 'hourly':
      return recurringRule(everyPattern(3_600_000, spec.minute * 60_000), zone);
    case 'daily':
      return fixed(dailyPattern(timesOf(spec.times)));
    case 'weekly':
      return fixed(weeklyPattern(spec.weekdays, timesOf(spec.times)));
    case 'monthly':
      return fixed(monthlyPattern(null, spec, { times: timesOf(spec.times), days }));
    case 'yearly':
      return fixed(monthlyPattern([spec.month], spec, { times: timesOf(spec.times), days }));
    case 'once':
      return fixed(oncePattern(spec));
    case 'rrule':
      return recurrence(spec, zone, roll);
  }
}

const compiled = new WeakMap<ScheduleSpec, CompiledRule>();

/** The rule of a schedule made ready, kept as long as the schedule object lives. */
export function ruleOf(spec: ScheduleSpec): CompiledRule {
  let rule = compiled.get(spec);
  if (rule === undefined) {
    rule = compileRule(spec);
    compiled.set(spec, rule);
  }
  return rule;
}
