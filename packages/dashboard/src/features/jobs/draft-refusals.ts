/** What the form refuses before it asks the server: what would otherwise be saved as something else than it says. */
import type { Errors } from '../../lib/field-errors.ts';
import { wordsProblem } from '../schedule/schedule-draft.ts';
import type { JobDraft, Pair } from './job-draft.ts';

/** Why rows of names with values cannot be kept as they stand; a row without anything is only begun. */
function rowsProblem(rows: readonly Pair[], separator: '=' | ':'): string | null {
  const names = new Set<string>();
  for (const [place, row] of rows.entries()) {
    const name = row.name.trim();
    if (name === '' && row.value === '') continue;
    if (name === '') return `Row ${place + 1} has a value and no name.`;
    if (/\s/.test(name) || name.includes(separator))
      return `“${name}” is no name: it has a space or “${separator}” in it. What comes after the name goes into the field beside it.`;
    if (names.has(name)) return `“${name}” stands twice.`;
    names.add(name);
  }
  return null;
}

function timeoutProblem({ timeoutSeconds: seconds }: JobDraft): string | null {
  return seconds === '' || seconds >= 1
    ? null
    : 'Must be at least 1 second; leave it empty for the limit of the worker.';
}

/** Messages by path, as the server's; empty when the draft may be sent. */
export function refusalsOf(draft: JobDraft): Errors {
  const isProcess = draft.type === 'script' || draft.type === 'command';
  const found: readonly (readonly [path: string, message: string | null])[] = [
    ['config.env', isProcess ? rowsProblem(draft.env, '=') : null],
    ['config.headers', draft.type === 'http' ? rowsProblem(draft.headers, ':') : null],
    ['timeout_seconds', timeoutProblem(draft)],
    ...draft.schedules.map((schedule, place) => [`schedules.${place}.words`, wordsProblem(schedule)] as const),
  ];
  return Object.fromEntries(found.flatMap(([path, message]) => (message === null ? [] : [[path, message]])));
}
