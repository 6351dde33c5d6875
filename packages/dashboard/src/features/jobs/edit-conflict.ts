/** Two people wrote at one job: which fields both touched, and what is sent once it is chosen. */
import type { EditConflict, Job, JobInput, JobPatch } from 'job-trigger-contract';

export type Side = 'theirs' | 'yours';

export interface Contested {
  readonly field: string;
  readonly theirs: unknown;
  readonly yours: unknown;
  /** Who changed it; the other left it alone. */
  readonly changed: Side | 'both';
}

/** Equal whatever the order of the names in it; what only tells (a schedule's words, its next instant) does not count. */
function sameValue(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

const telling = new Set(['id', 'description', 'next_due_at']);

function canonical(value: unknown, depth = 0): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([name, item]) => item !== undefined && item !== null && !(depth > 0 && telling.has(name)))
    .sort(([a], [b]) => a.localeCompare(b));
  return `{${fields.map(([name, item]) => `${name}:${canonical(item, depth + 1)}`).join(',')}}`;
}

/**
 * @param job as it was when the writing began
 * @param before what the form would have sent then, and `mine` what it sends now
 */
export function contestedOf(conflict: EditConflict, job: Job, before: JobInput, mine: JobInput): readonly Contested[] {
  const [was, first, now] = [job, before, mine] as unknown as readonly Readonly<Record<string, unknown>>[];
  // A configuration belongs to its type: both go together.
  const configured = conflict.difference.some(({ field }) => field === 'config');
  return conflict.difference
    .filter(({ field }) => field !== 'type' || !configured)
    .map(({ field, theirs, yours }) => {
      const mineChanged = !sameValue(first?.[field], now?.[field]);
      const theirsChanged = !sameValue(was?.[field], theirs);
      const changed = !mineChanged ? 'theirs' : theirsChanged ? 'both' : 'yours';
      return { field, theirs, yours, changed } as const;
    });
}

/** What is taken unless something else is chosen: of what only one changed, the change. */
export function proposed({ changed }: Contested): Side {
  return changed === 'theirs' ? 'theirs' : 'yours';
}

/** What is sent: a field that is left to them is left out, and so stays. */
export function mergedPatch(mine: JobInput, choices: Readonly<Record<string, Side>>): JobPatch {
  const left = (field: string): boolean =>
    choices[field] === 'theirs' || (field === 'type' && choices['config'] === 'theirs');
  return Object.fromEntries(Object.entries(mine).filter(([field]) => !left(field))) as JobPatch;
}
