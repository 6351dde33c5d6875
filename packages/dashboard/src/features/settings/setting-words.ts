import type { Retention, SettingShape } from 'job-trigger-contract';

/** A value as it is written. */
export const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** Why it is not changed here; null where it is. */
export function whyNotHere({ editable, changeable, page }: SettingShape): string | null {
  if (editable) return null;
  if (!changeable) return 'Read at start.';
  const kept = page === null ? '' : ` The page’s ${shown(page)} does not count.`;
  return `Written there, and that goes before the page.${kept}`;
}

/** Where such a line belongs, as far as that is known. */
export function lineText({ source, variable }: SettingShape): string {
  if (source === 'flag') return 'Given as a flag; in config.yaml it reads';
  if (variable !== null && source.startsWith(variable)) return 'In the environment';
  return source === 'default' || source === 'page' ? 'To change it, in config.yaml' : `In ${source}`;
}

/** What shorter retention would take; null where nothing is that old. */
export function lossText({ runs, ledger, events }: Retention): string | null {
  if (runs + ledger + events === 0) return null;
  const counted = (count: number, one: string, many: string): string =>
    `${count >= 10_000 ? '10,000 or more' : count.toLocaleString('en')} ${count === 1 ? one : many}`;
  return `Would delete within the hour, for good: ${counted(runs, 'run', 'runs')} with output, ${counted(ledger, 'row', 'rows')} of the ledger, ${counted(events, 'event', 'events')}.`;
}
