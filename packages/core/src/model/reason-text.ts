/** A reason in words: the catalogue's sentence with the facts in it. */
import { reasonCatalogue, type ReasonEntry } from './reasons.ts';

/** Of what the reason is told. */
export type ReasonView = 'waiting' | 'skipped' | 'ended' | 'idle' | 'told';

/** Facts by placeholder, already in the words of whoever reads: instants carry their zone, durations their unit. */
export type ReasonFacts = Readonly<Record<string, string | number | null | undefined>>;

const views: readonly ReasonView[] = ['waiting', 'skipped', 'ended', 'idle', 'told'];

/** The entry of a code, in `view` or else in the first view that knows it; null for an unknown code. */
export function reasonEntry(code: string, view?: ReasonView): ReasonEntry | null {
  for (const each of view === undefined ? views : [view, ...views]) {
    const table: Readonly<Record<string, ReasonEntry>> = reasonCatalogue[each];
    const entry = Object.hasOwn(table, code) ? table[code] : undefined;
    if (entry !== undefined) return entry;
  }
  return null;
}

/**
 * The sentence of a reason. A fact that is missing or null gives the plain sentence, never a hole in the long one;
 * an unknown code gives the code itself, so that an older page still says something true of a newer server.
 */
export function reasonText(code: string, facts: ReasonFacts = {}, view?: ReasonView): string {
  const entry = reasonEntry(code, view);
  if (entry === null) return code;
  const texts = [...(entry.fuller ?? []), entry.sentence].map((sentence) => filled(sentence, facts));
  return texts.find((text) => text !== null) ?? entry.plain;
}

/** A sentence with its facts in; null when one is missing. */
function filled(sentence: string, facts: ReasonFacts): string | null {
  let complete = true;
  const text = sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined || fact === null || fact === '') complete = false;
    return String(fact);
  });
  return complete ? text : null;
}
