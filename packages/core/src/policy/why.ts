/** Answers to "why?" in sentences of the catalogue: why nothing is next, and why an instant became no run. */
import { openBreakerOf } from '../model/trouble.ts';
import { draftVersion, type Job } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import { reasonText, type ReasonFacts } from '../model/reason-text.ts';
import { type IdleReason } from '../model/reasons.ts';
import type { Instant } from '../model/instant.ts';
import { farthest, type MaintenanceWindow } from '../model/maintenance.ts';
import type { Schedule, ScheduleSpec } from '../model/schedule.ts';
import { heldAt, heldStretches, heldUntil } from '../schedule/maintenance.ts';
import { spoken } from '../schedule/spoken.ts';
import { breakerWords } from './breaker.ts';
import { hasHadAllRuns } from './plannable.ts';
import type { Trigger } from '../model/run.ts';

export interface Explained<Code extends string = string> {
  readonly reason: Code;
  readonly text: string;
}

export interface NextNoneFacts {
  readonly job: Pick<
    Job,
    | 'active'
    | 'automaticRuns'
    | 'deletedAt'
    | 'pausedBy'
    | 'deletedBy'
    | 'pausedAt'
    | 'pausedUntil'
    | 'pausedReason'
    | 'trouble'
  > & { readonly definition: { readonly maxRuns: number | null } };
  readonly schedules: readonly (Pick<Schedule, 'active' | 'nextDueAt'> & Partial<Pick<Schedule, 'spec'>>)[];
}

/** With what its sentence is made of; instants in the zone of the job's first schedule, in which its author thinks. */
export type NextNone = Explained<IdleReason> & { readonly facts: ReasonFacts };

/** Why a job has no next instant; null when it has one. Page, list, command line and `why` all say this. */
export function whyNextNone({ job, schedules }: NextNoneFacts): NextNone | null {
  const reason = idleReason({ job, schedules });
  if (reason === null) return null;
  const zone = schedules[0]?.spec?.timezone ?? 'UTC';
  const told = (at: Instant | null): string | null => (at === null ? null : spoken(at, zone));
  const until = told(job.pausedUntil);
  const stopped = openBreakerOf(job);
  const facts: ReasonFacts = {
    limit: job.definition.maxRuns,
    by: whoIs(reason, { job, schedules }),
    at: told(job.pausedAt),
    until,
    note: job.pausedReason,
    failures: stopped === null ? null : breakerWords(stopped),
  };
  const text = reasonText(reason, facts, 'idle');
  return { reason, facts, text: reason === 'paused' && until !== null ? `${text} The pause ends at ${until}.` : text };
}

function whoIs(reason: IdleReason, { job, schedules }: NextNoneFacts): string | null {
  if (reason === 'deleted') return job.deletedBy;
  if (reason !== 'maintenance') return job.pausedBy;
  const windows = schedules.flatMap(({ spec }) => (spec === undefined ? [] : (openWindow(spec) ?? [])));
  return windows[0]?.by ?? null;
}

/** A window that nobody has given an end. */
const openWindow = (spec: ScheduleSpec) => heldStretches(spec).find(({ to }) => to === farthest)?.window ?? null;
const isHeldForGood = (spec: ScheduleSpec): boolean => openWindow(spec) !== null;

/** The maintenance that holds a job at an instant. */
export interface HeldBy {
  readonly window: MaintenanceWindow;
  /** Null until somebody ends it. */
  readonly until: Instant | null;
  readonly text: string;
}

/** What holds a job's schedules at `now`; null when nothing does. @param told an instant as the reader wants to see it */
export function whyHeld(
  schedules: readonly Pick<Schedule, 'active' | 'spec'>[],
  now: Instant,
  told: (at: Instant) => string,
): HeldBy | null {
  const spec = schedules.find(({ active }) => active)?.spec;
  const held = spec === undefined ? null : heldAt(spec, now);
  if (spec === undefined || held === null) return null;
  const { window } = held;
  const until = heldUntil(spec, now);
  const end = until === null ? 'somebody ends it' : told(until);
  const text = reasonText('maintenance', { until: end, by: window.by }, 'waiting');
  return { window, until, text: window.reason === null ? text : `${text} Reason: ${sentence(window.reason)}` };
}

/** A person's words, closed with a full stop. */
const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`);

function idleReason({ job, schedules }: NextNoneFacts): IdleReason | null {
  if (job.deletedAt !== null) return 'deleted';
  if (!job.active) return 'paused';
  if (hasHadAllRuns(job)) return 'completed';
  if (openBreakerOf(job) !== null) return 'breaker';
  if (schedules.length === 0) return 'no_schedule';
  const active = schedules.filter((schedule) => schedule.active);
  if (active.length === 0) return 'schedules_off';
  if (active.some(({ nextDueAt }) => nextDueAt !== null)) return null;
  return active.some(({ spec }) => spec !== undefined && isHeldForGood(spec)) ? 'maintenance' : 'ended';
}

/** What became of an instant, or of the many that a gap counts; null for one that became a run. */
export function whyNoRun(entry: LedgerEntry, facts: ReasonFacts = {}): Explained | null {
  if (entry.reason === null) return null;
  const text = reasonText(entry.reason, facts, 'skipped');
  if (entry.kind === 'occurrence') return { reason: entry.reason, text };
  return { reason: entry.reason, text: `${instants(entry.count)}: ${text}` };
}

function instants(count: number): string {
  return count === 1 ? '1 instant' : `${new Intl.NumberFormat('en').format(count)} instants`;
}

/** Of a run: who wanted it, and of which version of its job. */
export interface RunOrigin {
  readonly trigger: Trigger;
  readonly requestedBy: string | null;
  readonly jobVersion: number;
}

const origins: Readonly<Record<Trigger, string>> = {
  schedule: 'Its schedule was due.',
  manual: 'A person asked for it.',
  api: 'A program asked for it.',
  dependency: 'A job it waits for was done.',
  retry: 'A person ran it again.',
  catch_up: 'Its schedule was due while no scheduler ran.',
  backfill: 'A person asked for missed instants.',
  webhook: 'A webhook asked for it.',
};

/** What is known of why a run exists. */
export interface OriginFacts extends RunOrigin {
  /** Its schedule in words; null when it has none, or when that is gone. */
  readonly schedule?: string | null;
  /** Its due instant as the reader wants to see it. */
  readonly due?: string | null;
}

const asked: Partial<Readonly<Record<Trigger, string>>> = {
  manual: 'asked for it',
  api: 'asked for it',
  retry: 'ran it again',
  backfill: 'asked for missed instants',
  webhook: 'asked for it',
};

const afterDue: Partial<Readonly<Record<Trigger, string>>> = { schedule: '.', catch_up: ', while no scheduler ran.' };

/** Names the schedule and the instant; null when the run has none, or when they are not known. */
function whichWasDue({ trigger, schedule = null, due = null }: OriginFacts): string | null {
  const end = afterDue[trigger];
  if (end === undefined || schedule === null || due === null) return null;
  return `Its schedule “${schedule}” was due at ${due}${end}`;
}

/** Why a run exists. */
export function whyItRan(facts: OriginFacts): string {
  const { trigger, requestedBy, jobVersion } = facts;
  if (jobVersion === draftVersion)
    return `Draft run of an unsaved job${requestedBy === null ? '' : `: ${requestedBy} tried it`}.`;
  if (requestedBy === null) return whichWasDue(facts) ?? origins[trigger];
  const did = asked[trigger];
  return did === undefined ? origins[trigger] : `${requestedBy} ${did}.`;
}
