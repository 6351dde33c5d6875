/** A window while it is being written. Pure. */
import type { MaintenanceInput } from 'job-trigger-contract';
import { instantOf } from '../../lib/time.ts';

export interface MaintenanceDraft {
  readonly scope: 'all' | 'tags' | 'jobs';
  readonly tags: readonly string[];
  readonly jobs: readonly string[];
  /** As `datetime-local` writes it; empty is now. */
  readonly from: string;
  /** Hours, `open` until somebody ends it, or `at` a time. */
  readonly length: string;
  readonly until: string;
  readonly zone: string;
  readonly resume: 'skip' | 'one' | 'all';
  readonly reason: string;
}

export const lengths = [
  { value: '1', label: '1 hour' },
  { value: '2', label: '2 hours' },
  { value: '4', label: '4 hours' },
  { value: '8', label: '8 hours' },
  { value: '24', label: '1 day' },
  { value: 'open', label: 'Until somebody ends it' },
  { value: 'at', label: 'At a time …' },
] as const;

const hourMs = 3_600_000;

export function emptyDraft(zone: string): MaintenanceDraft {
  return {
    scope: 'all',
    tags: [],
    jobs: [],
    from: '',
    length: '2',
    until: '',
    zone,
    resume: 'skip',
    reason: '',
  };
}

function endOf({ length, until, zone }: MaintenanceDraft, begin: number): number | null {
  if (length === 'open') return null;
  return length === 'at' ? instantOf(until, zone) : begin + Number(length) * hourMs;
}

/** What is wrong with a draft, by field. */
export type DraftFaults = Partial<Record<'from' | 'until' | 'scope', string>>;

/** The request, or what keeps it from being one. */
export function requestOf(draft: MaintenanceDraft, now: number): MaintenanceInput | DraftFaults {
  const { scope, tags, jobs, from, zone, resume, reason } = draft;
  const begin = from === '' ? now : instantOf(from, zone);
  if (Number.isNaN(begin)) return { from: 'This is no time.' };
  const end = endOf(draft, begin);
  if (end !== null && !(end > Math.max(begin, now))) return { until: 'This is not after its beginning.' };
  if (scope === 'tags' && tags.length === 0) return { scope: 'Name a tag.' };
  if (scope === 'jobs' && jobs.length === 0) return { scope: 'Choose a job.' };
  const told = reason.trim();
  return {
    scope:
      scope === 'all'
        ? { kind: 'all' }
        : scope === 'tags'
          ? { kind: 'tags', tags: [...tags] }
          : { kind: 'jobs', job_ids: [...jobs] },
    from: from === '' ? null : new Date(begin).toISOString(),
    until: end === null ? null : new Date(end).toISOString(),
    reason: told === '' ? null : told,
    resume,
  };
}

export const isRequest = (given: MaintenanceInput | DraftFaults): given is MaintenanceInput =>
  typeof given.scope === 'object';
