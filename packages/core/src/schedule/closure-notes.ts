/** What calendars make of one instant, for people. */
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { localDateTimeText } from './civil.ts';
import { closureName } from './closure-words.ts';
import { closureAt, holidayAt } from './filters.ts';
import type { Note } from './notes.ts';
import type { Due } from './occurrences.ts';
import type { CompiledRule } from './rule.ts';
import { spoken } from './spoken.ts';

/** Where a holiday moved it from. */
export function rollNotes(spec: ScheduleSpec, rule: CompiledRule, at: Instant): Note[] {
  return rule.rolledTo(at).map((reading) => {
    const holiday = holidayAt(spec, reading);
    const name = holiday === null ? null : closureName(holiday);
    const day = localDateTimeText(reading).slice(0, 10);
    return {
      code: 'rolled',
      sentence: `Moved from ${day}: holiday${name === null || name === day ? '' : ` ${name}`}.`,
    };
  });
}

/** Until when a blackout lets it wait. */
export function deferNotes(spec: ScheduleSpec, { at, deferredTo }: Due): Note[] {
  if (deferredTo === null) return [];
  const closure = closureAt(spec, at);
  const name = closure === null ? null : closureName(closure);
  const until = spoken(deferredTo, spec.timezone);
  return [{ code: 'deferred', sentence: `Starts at ${until}: blackout${name === null ? '' : ` ${name}`}.` }];
}
