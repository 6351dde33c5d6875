/** What a person should think about before saving a schedule. */
import type { Instant, Millis } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { parseCron } from './cron-parse.ts';
import { clockWords, counted } from './date-words.ts';
import type { Note } from './notes.ts';
import { zoneOf } from './zone.ts';

/** How the two day fields of a cron expression go together, where both say something. */
function dayFieldsNote(spec: ScheduleSpec): Note | null {
  if (spec.kind !== 'cron') return null;
  const fields = parseCron(spec.expression);
  const everyDay = fields.days.size === 31;
  const everyWeekday = fields.weekdays.size === 7;
  const shown = `Day of month '${fields.text.days}' and day of week '${fields.text.weekdays}' are both given`;
  if (!fields.bothDays) return { code: 'either_day', sentence: `${shown}: either is enough.` };
  if (everyDay || everyWeekday) return null;
  return { code: 'both_days', sentence: `${shown}, one begins with *: both must match.` };
}

function rateNote(instants: readonly Instant[]): Note | null {
  const [first, second] = instants;
  if (first === undefined || second === undefined) return null;
  const apart = second - first;
  if (apart <= 1000) return { code: 'every_second', sentence: 'This runs each second: 86,400 runs a day.' };
  if (apart < 60_000)
    return {
      code: 'very_often',
      sentence: `This runs each ${apart / 1000} s: ${counted(Math.round(86_400_000 / apart), 'run')} a day.`,
    };
  return apart === 60_000 ? { code: 'every_minute', sentence: 'This runs each minute: 1,440 runs a day.' } : null;
}

/** Warnings that follow from the rule and its coming instants alone. */
export function ruleWarnings(spec: ScheduleSpec, instants: readonly Instant[]): Note[] {
  const none: Note | null =
    instants.length === 0 ? { code: 'no_instants', sentence: 'No instant in this span.' } : null;
  return [dayFieldsNote(spec), rateNote(instants), none].filter((note) => note !== null);
}

/** A set of national holidays ends with the years it was taken over for: later instants are not checked against it. */
export function horizonWarnings(spec: ScheduleSpec, lastLocal: string | undefined): Note[] {
  const last = Number(lastLocal?.slice(0, 4) ?? 0);
  return (spec.resolved ?? []).flatMap(({ name, source }) =>
    source?.kind === 'country' && last > source.toYear
      ? [{ code: 'calendar_ends', sentence: `The calendar “${name}” knows no holidays after ${source.toYear}.` }]
      : [],
  );
}

function lengthWords(ms: Millis): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
  return `${Math.floor(seconds / 3600)} h${seconds % 3600 < 60 ? '' : ` ${Math.floor((seconds % 3600) / 60)} min`}`;
}

/** A run usually takes longer than the time to the next one. */
export function overlapWarning(instants: readonly Instant[], usualMs: Millis | null): Note | null {
  if (usualMs === null || instants.length < 2) return null;
  const gaps = instants.slice(1).map((at, place) => at - (instants[place] ?? at));
  const shortest = Math.min(...gaps);
  if (usualMs < shortest) return null;
  return {
    code: 'overlap',
    sentence: `A run usually takes ${lengthWords(usualMs)}, and runs come ${lengthWords(shortest)} apart: they will overlap.`,
  };
}

/** How many other schedules start in the minute of an instant; nothing to say below two. */
export function loadWarning(at: Instant, others: number, timezone: string): Note | null {
  if (others < 2) return null;
  const clock = clockWords(Math.floor(zoneOf(timezone).toLocal(at) / 60_000) * 60_000);
  return { code: 'load', sentence: `${others} other schedules start in the same minute, ${clock}.` };
}
