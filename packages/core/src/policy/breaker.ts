/** Whether a job that keeps failing is stopped, and when it is tried again. Pure: facts and now give the decision. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { jobTypes, type Job, type JobDefinition } from '../model/job.ts';
import {
  openBreakerOf,
  type Breaker,
  type BreakerPolicy,
  type BreakerSettings,
  type FailurePattern,
  type OpenBreaker,
  type Trouble,
} from '../model/trouble.ts';

const dayMs = 86_400_000;

/** What a job of that type has when it says nothing of its own; null is none. */
export function breakerOfType(type: string, settings: BreakerSettings): Breaker | null {
  const isOwn = (jobTypes as readonly string[]).includes(type);
  const { policy } = settings;
  const { consecutive, recent, periodDays } = isOwn ? settings : settings.ofPlugins;
  return consecutive === null && recent === null ? null : { consecutive, recent, periodDays, policy };
}

/** What counts for the jobs of somebody: their own, else the installation's. @param ownerId null for nobody's jobs */
export function breakerSettingsOf(ownerId: Id | null, settings: BreakerSettings): BreakerSettings {
  return (ownerId === null ? undefined : settings.ofOwners?.get(ownerId)) ?? settings;
}

/** A job as far as it says when it is stopped. */
export interface Stoppable {
  readonly ownerId: Id | null;
  readonly definition: Pick<JobDefinition, 'type' | 'breaker'>;
}

/** The breaker in force for a job: its own, else its owner's, else the installation's; null when it is off. */
export function breakerOf({ ownerId, definition }: Stoppable, settings: BreakerSettings): Breaker | null {
  if (definition.breaker !== undefined) return definition.breaker;
  return breakerOfType(definition.type, breakerSettingsOf(ownerId, settings));
}

/** Which of its numbers these failures have reached; null when neither. */
export function reached(
  { consecutive, recent }: Breaker,
  { consecutiveFailures, recentFailures }: FailurePattern,
): OpenBreaker['cause'] | null {
  if (consecutive !== null && consecutiveFailures >= consecutive) return 'consecutive';
  return recent !== null && recentFailures >= recent ? 'recent' : null;
}

export interface FailureJudged {
  readonly trouble: Trouble;
  readonly change: 'opened' | 'renewed' | null;
}

/** What a failure that counts makes of a job. @param breaker in force; null when it is off */
export function afterFailure({
  before,
  breaker,
  coolOffDays,
  pattern,
  now,
}: {
  readonly before: Trouble | null;
  readonly breaker: Breaker | null;
  readonly coolOffDays: number;
  readonly pattern: FailurePattern;
  readonly now: Instant;
}): FailureJudged {
  const { breaker: open, ...failing } = failingFrom(before, now);
  const coolOffUntil = now + Math.round(coolOffDays * dayMs);
  if (open !== null)
    return { trouble: { ...failing, breaker: { ...open, coolOffUntil, pattern, trial: null } }, change: 'renewed' };
  const cause = breaker === null ? null : reached(breaker, pattern);
  if (breaker === null || cause === null) return { trouble: { ...failing, breaker: null }, change: null };
  const { periodDays } = breaker;
  const opened: OpenBreaker = { openedAt: now, coolOffUntil, cause, periodDays, pattern, trial: null };
  return { trouble: { ...failing, breaker: opened }, change: 'opened' };
}

function failingFrom(before: Trouble | null, now: Instant): Trouble {
  if (before === null) return { failuresFrom: null, failingSince: now, breaker: null };
  return { ...before, failingSince: before.failingSince ?? now };
}

/** A success clears the failures in a row; of a breaker that it closes, those of the period, too. */
export function afterSuccess(before: Trouble | null, now: Instant): Trouble | null {
  if (before === null) return null;
  const failuresFrom = before.breaker === null ? before.failuresFrom : now;
  return failuresFrom === null ? null : { failuresFrom, failingSince: null, breaker: null };
}

/** Nothing that was before counts any more. */
export function afterReset(now: Instant): Trouble {
  return { failuresFrom: now, failingSince: null, breaker: null };
}

/** Whether the breaker lets an automatic run through, and whether that run is its trial. */
export function breakerLets({
  job,
  policy,
  live,
  now,
}: {
  readonly job: Pick<Job, 'trouble'>;
  readonly policy: BreakerPolicy;
  /** Waiting and live runs of the job. */
  readonly live: readonly { readonly id: Id }[];
  readonly now: Instant;
}): 'pass' | 'trial' | 'refuse' {
  const open = openBreakerOf(job);
  if (open === null) return 'pass';
  if (policy !== 'probe' || now < open.coolOffUntil) return 'refuse';
  return live.some(({ id }) => id === open.trial) ? 'refuse' : 'trial';
}

/** "5 failures in a row", "6 failures in 7 days". */
export function breakerWords({ cause, periodDays, pattern }: OpenBreaker): string {
  const { consecutiveFailures, recentFailures } = pattern;
  if (cause === 'consecutive') return `${counted(consecutiveFailures)} in a row`;
  return `${counted(recentFailures)} in ${periodDays === 1 ? 'a day' : `${periodDays} days`}`;
}

const counted = (count: number): string => (count === 1 ? '1 failure' : `${count} failures`);
