/** A window while it is being written. Pure. */
import type { Maintenance, MaintenanceInput, MaintenancePatch } from 'job-trigger-contract';
import { instantOf, localText } from '../../lib/time.ts';

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

function scopeOf({ scope, tags, jobs }: MaintenanceDraft): MaintenanceInput['scope'] {
  if (scope === 'tags') return { kind: 'tags', tags: [...tags] };
  return scope === 'jobs' ? { kind: 'jobs', job_ids: [...jobs] } : { kind: 'all' };
}

function faultsOf({ scope, tags, jobs }: MaintenanceDraft, begin: number, end: number | null): DraftFaults | null {
  if (Number.isNaN(begin)) return { from: 'This is no time.' };
  if (end !== null && !(end > begin)) return { until: 'This is not after its beginning.' };
  if (scope === 'tags' && tags.length === 0) return { scope: 'Name a tag.' };
  return scope === 'jobs' && jobs.length === 0 ? { scope: 'Choose a job.' } : null;
}

/** The request, or what keeps it from being one. */
export function requestOf(draft: MaintenanceDraft, now: number): MaintenanceInput | DraftFaults {
  const begin = draft.from === '' ? now : instantOf(draft.from, draft.zone);
  const end = endOf(draft, begin);
  const faults = faultsOf(draft, begin, end);
  if (faults !== null) return faults;
  const reason = draft.reason.trim();
  return {
    scope: scopeOf(draft),
    from: draft.from === '' ? null : new Date(begin).toISOString(),
    until: end === null ? null : new Date(end).toISOString(),
    reason: reason === '' ? null : reason,
    resume: draft.resume,
  };
}

export const isRequest = (given: MaintenanceInput | DraftFaults): given is MaintenanceInput =>
  typeof given.scope === 'object';

/** What may change of a window, as it is being written; an empty end is none. */
export interface MaintenanceEdit {
  readonly from: string;
  readonly until: string;
  readonly resume: Maintenance['resume'];
  readonly reason: string;
}

export function editOf({ from, until, resume, reason }: Maintenance, zone: string): MaintenanceEdit {
  const local = (at: string): string => localText(Date.parse(at), zone);
  return { from: local(from), until: until === null ? '' : local(until), resume, reason: reason ?? '' };
}

/** Only what differs: times that nobody touched keep their milliseconds. A reading that is none is sent for the server to refuse. */
export function changeOf(window: Maintenance, edit: MaintenanceEdit, zone: string): MaintenancePatch {
  const before = editOf(window, zone);
  const at = (local: string): string => {
    const instant = instantOf(local, zone);
    return Number.isNaN(instant) ? local : new Date(instant).toISOString();
  };
  return {
    ...(edit.from === before.from ? {} : { from: at(edit.from) }),
    ...(edit.until === before.until ? {} : { until: edit.until === '' ? null : at(edit.until) }),
    ...(edit.resume === before.resume ? {} : { resume: edit.resume }),
    ...(edit.reason === before.reason ? {} : { reason: edit.reason.trim() === '' ? null : edit.reason.trim() }),
  };
}

/** The change that takes this edit back: of what it changed, what was. */
export function asItWas(window: Maintenance, edit: MaintenanceEdit, zone: string): MaintenancePatch {
  const { from, until, resume, reason } = window;
  const before: MaintenancePatch = { from, until, resume, reason };
  const changed = Object.keys(changeOf(window, edit, zone));
  return Object.fromEntries(Object.entries(before).filter(([field]) => changed.includes(field)));
}
