/** What the form refuses before it asks the server: what could not be said to it as it was meant. */
import type { Errors } from '../../lib/field-errors.ts';
import { wordsProblem } from '../schedule/schedule-draft.ts';
import type { JobDraft } from './job-draft.ts';

/** Messages by path, as the server's; empty when the draft may be sent. */
export function refusalsOf(draft: JobDraft): Errors {
  const found = draft.schedules.map((schedule, place) => [`schedules.${place}.words`, wordsProblem(schedule)] as const);
  return Object.fromEntries(found.flatMap(([path, message]) => (message === null ? [] : [[path, message]])));
}
