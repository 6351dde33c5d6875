/** How a job fails: the breaker that stops it, what is known of its failures, and what to do about them. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { ReasonAct } from './reason-acts.ts';
import type { FailureCategory, Trigger } from './run.ts';

export const breakerPolicies = ['manual', 'probe'] as const;
/** Once it has cooled off: a person decides, or one trial run does. */
export type BreakerPolicy = (typeof breakerPolicies)[number];

/** When a job's automatic runs are stopped. */
export interface Breaker {
  /** Failures in a row that open it; null counts none. */
  readonly consecutive: number | null;
  /** Failures within `periodDays` that open it, whatever succeeded in between; null counts none. */
  readonly recent: number | null;
  readonly periodDays: number;
  readonly policy: BreakerPolicy;
}

/** What a job without a breaker of its own takes, and how long every breaker cools off. */
export interface BreakerSettings extends Breaker {
  readonly coolOffDays: number;
  /** Of types that plugins add: they work against accounts and quotas, and are stopped sooner (K-05). */
  readonly ofPlugins: Pick<Breaker, 'consecutive' | 'recent' | 'periodDays'>;
  /** Failures in a row from which a job is shown as having issues, and as failed. */
  readonly shown: { readonly issuesFrom: number; readonly failedFrom: number };
  /** Of people who have numbers of their own, for the jobs they own. Default: none have. */
  readonly ofOwners?: ReadonlyMap<Id, Omit<BreakerSettings, 'ofOwners'>>;
}

export const defaultBreaker: BreakerSettings = {
  consecutive: 5,
  recent: null,
  periodDays: 7,
  policy: 'manual',
  coolOffDays: 7,
  ofPlugins: { consecutive: 3, recent: 5, periodDays: 7 },
  shown: { issuesFrom: 3, failedFrom: 5 },
};

/** Runs that nobody asked for in person: only their failures count. */
export const automaticTriggers: readonly Trigger[] = ['schedule', 'catch_up', 'dependency', 'webhook', 'backfill'];

/** How a run ends that counts as a failure. */
export const failureStates = ['failed', 'timed_out', 'lost'] as const;

/** The failures of one job, as a person needs them to find the cause. */
export interface FailurePattern {
  /** Of automatic triggers, from the newest back to the last success. */
  readonly consecutiveFailures: number;
  /** Within the breaker's period. */
  readonly recentFailures: number;
  /** Of the newest five failures, the first in the order of the categories; null without any. */
  readonly failureReason: FailureCategory | null;
  readonly lastFailureAt: Instant | null;
  /** At most three texts that differ, newest first, 100 characters of each. */
  readonly errorPatterns: readonly string[];
}

export interface OpenBreaker {
  readonly openedAt: Instant;
  readonly coolOffUntil: Instant;
  /** Which of its two numbers was reached. */
  readonly cause: 'consecutive' | 'recent';
  /** The days in which `recent` counted when it opened. */
  readonly periodDays: number;
  /** As it was when the breaker opened, or when its trial failed: the runs may be gone by now. */
  readonly pattern: FailurePattern;
  /** The run by which it is tried whether the job works again; null before there is one. */
  readonly trial: Id | null;
}

/** What is kept of a job that has failed. */
export interface Trouble {
  /** Failures of runs made until then do not count any more; null counts all. */
  readonly failuresFrom: Instant | null;
  /** The first failure since the last success; null when it is well. */
  readonly failingSince: Instant | null;
  readonly breaker: OpenBreaker | null;
}

/** Null while its breaker is closed. */
export function openBreakerOf({ trouble }: { readonly trouble: Trouble | null }): OpenBreaker | null {
  return trouble === null ? null : trouble.breaker;
}

/** Failures of runs made until then count no more. */
export function countsFrom({ trouble }: { readonly trouble: Trouble | null }): Instant {
  return trouble?.failuresFrom ?? -Infinity;
}

/** What to do about a category of failure. */
export interface FailureAdvice {
  /** One word for lists. */
  readonly word: string;
  readonly text: string;
  readonly act: ReasonAct;
}

/** One text and one act a category: pages, the command line, REST and alerts all take it from here. */
export const failureAdvice: Readonly<Record<FailureCategory, FailureAdvice>> = {
  api_limit: {
    word: 'quota',
    text: 'Wait until the limit resets, then run it again; or raise the plan.',
    act: 'run_now',
  },
  auth_error: { word: 'auth', text: 'Connect the account again, or renew the secret, then run it.', act: 'edit_job' },
  network_error: {
    word: 'network',
    text: 'Check the address and whether it can be reached from the worker, then run it again.',
    act: 'run_now',
  },
  config_error: { word: 'config', text: 'Open the job and correct the field that is wrong.', act: 'edit_job' },
  timeout: { word: 'timeout', text: 'Raise the time limit, or look in the log where it hangs.', act: 'edit_job' },
  script_error: { word: 'code', text: 'Open the log at the first error.', act: 'open_run' },
  unknown: { word: 'unknown', text: 'Open the log, then run it again.', act: 'open_run' },
};
