/** A closing in the words of the reason catalogue. */
import { reasonText, type ReasonFacts } from '../model/reason-text.ts';
import type { Closure } from './filters.ts';
import { spoken } from './spoken.ts';

/** "Christmas Day" (Germany): the entry, and the calendar it stands in. */
export function closureName({ name, calendar, date }: Pick<Closure, 'name' | 'calendar' | 'date'>): string | null {
  if (name === null || name === '') return calendar === null ? date : `“${calendar}”`;
  return calendar === null || calendar === name ? `“${name}”` : `“${name}” (${calendar})`;
}

/** What the catalogue's sentences of `blackout`, `holiday` and `maintenance` ask for; instants on the wall clock of `timezone`. */
function closureFacts(closure: Closure, timezone: string): ReasonFacts {
  return {
    name: closureName(closure),
    date: closure.date,
    from: closure.from === undefined ? null : spoken(closure.from, timezone),
    until: closure.until === null ? null : spoken(closure.until, timezone),
  };
}

/** Why an instant was dropped, naming the calendar where one did it. */
export function dropSentence(reason: string, closure: Closure | null, timezone: string): string {
  return reasonText(reason, closure?.reason === reason ? closureFacts(closure, timezone) : {}, 'skipped');
}
