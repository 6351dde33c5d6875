/** What a person should know about one instant of a schedule: a code and its sentence. */
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { civilFromDays, dayOf } from './civil.ts';
import { clockWords, counted, dayWords } from './date-words.ts';
import type { CompiledRule } from './rule.ts';

export interface Note {
  readonly code: string;
  readonly sentence: string;
}

function movedNote(rule: CompiledRule, at: Instant, offset: number): Note | null {
  const named = rule.namedReading(at);
  if (named === null) return null;
  const runsAt = clockWords(at + offset);
  const because =
    rule.class === 'calendar'
      ? `A calendar rule reads it with the offset before the gap: it runs at ${runsAt}.`
      : `A fixed time runs at the end of the gap, ${runsAt}.`;
  return {
    code: 'moved',
    sentence: `${clockWords(named)} does not exist on this day: clocks go forward. ${because}`,
  };
}

function repeatedNote(rule: CompiledRule, at: Instant, offset: number): Note | null {
  const { instants } = rule.zone.resolve(at + offset);
  if (instants.length < 2) return null;
  const shown = `${clockWords(at + offset)} is shown twice on this day: clocks go back.`;
  const which = instants[0] === at ? 'first' : 'second';
  if (rule.class === 'recurring')
    return {
      code: 'repeated',
      sentence: `${shown} A rhythm follows real time and runs at both; this is the ${which}.`,
    };
  if (rule.class === 'elapsed')
    return { code: 'repeated', sentence: `${shown} Elapsed time goes on; this is the ${which}.` };
  const kind = rule.class === 'calendar' ? 'A calendar rule' : 'A fixed time';
  return { code: 'first_of_two', sentence: `${shown} ${kind} runs once, at the first.` };
}

/** Marks of a rhythm that the clock never showed between two instants. */
function gapNote(rule: CompiledRule, after: Instant, at: Instant): Note | null {
  if (rule.class !== 'recurring') return null;
  for (let segment = rule.zone.segmentAt(after); segment.until <= at;) {
    const next = rule.zone.segmentAt(segment.until);
    const [from, to] = [segment.until + segment.offset, segment.until + next.offset];
    const lost = to > from ? rule.marksIn(from, to) : 0;
    if (lost > 0)
      return {
        code: 'gap',
        sentence: `${clockWords(from)} to ${clockWords(to)} does not exist on ${dayWords(from)}: clocks go forward. A rhythm does not make up for the ${counted(lost, 'mark')} in it.`,
      };
    segment = next;
  }
  return null;
}

/** What the clocks do at an instant; `after` is the instant before it in the row. */
export function clockNotes(rule: CompiledRule, after: Instant, at: Instant): Note[] {
  const { offset } = rule.zone.segmentAt(at);
  const here = movedNote(rule, at, offset) ?? repeatedNote(rule, at, offset);
  return [gapNote(rule, after, at), here].filter((note) => note !== null);
}

/** A month that lacks the day. */
export function monthNotes(spec: ScheduleSpec, rule: CompiledRule, at: Instant): Note[] {
  if ((spec.kind !== 'monthly' && spec.kind !== 'yearly') || !('day' in spec) || typeof spec.day !== 'number')
    return [];
  // A run that a clock change moved into the next date belongs to the day it was named for.
  const { day } = civilFromDays(dayOf(rule.namedReading(at) ?? rule.zone.toLocal(at)));
  return day < spec.day
    ? [{ code: 'short_month', sentence: `This month has no day ${spec.day}: it runs on the last day.` }]
    : [];
}

/** The last instant a rule ever names. */
export function endNote(spec: ScheduleSpec): Note {
  if (spec.kind === 'once') return { code: 'end', sentence: 'The only run of this schedule.' };
  const until = typeof spec.notAfter === 'number' ? ' before the end that was set for it' : '';
  return { code: 'end', sentence: `The last run of this schedule${until}.` };
}

export const windowEnd: Note = { code: 'window_end', sentence: 'The last run before the active hours end.' };
