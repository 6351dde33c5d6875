/** An answer to "why?", in the form in which everybody gives it. */
import { reasonActs, type ReasonAct } from '../model/reason-acts.ts';
import { toUuid, type Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { reasonEntry, reasonText, type ReasonFacts, type ReasonView } from '../model/reason-text.ts';
import { closureName } from '../schedule/closure-words.ts';
import type { Closure } from '../schedule/filters.ts';
import { spoken } from '../schedule/spoken.ts';

export interface ExplanationLink {
  readonly kind: 'run' | 'job';
  readonly of: Reference;
  readonly text: string;
}

export interface Explanation {
  /** Of the reason catalogue; of a run's origin its trigger. */
  readonly code: string;
  readonly sentence: string;
  /** What the sentence is made of, as far as it is known. */
  readonly facts: ReasonFacts;
  /** What stood, or stands, in the way. */
  readonly links: readonly ExplanationLink[];
  /** What would clear it. */
  readonly action: { readonly code: ReasonAct; readonly text: string } | null;
}

/** The catalogue's words for a code, with what is known. */
export function explain(
  code: string,
  view: ReasonView,
  facts: ReasonFacts = {},
  links: readonly ExplanationLink[] = [],
): Explanation {
  const act = reasonEntry(code, view)?.act ?? null;
  return {
    code,
    sentence: reasonText(code, facts, view),
    facts: Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== null && fact !== undefined)),
    links,
    action: act === null ? null : { code: act, text: reasonActs[act] },
  };
}

/** An instant in words; null for none. */
export function told(at: Instant | null | undefined, timezone: string): string | null {
  return at === null || at === undefined ? null : spoken(at, timezone);
}

/** What a sentence calls a run: the end of its id, which tells it from its neighbours. */
export function shortName(run: Reference | null | undefined): string | null {
  return run === null || run === undefined ? null : toUuid(run).slice(-8);
}

/** Name and end of a closing, for the catalogue's sentences. */
export function closureFacts(closure: Closure | null, timezone: string): ReasonFacts {
  if (closure === null) return {};
  return { name: closureName(closure), date: closure.date, until: told(closure.until, timezone) };
}
