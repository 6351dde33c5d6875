/** Failures going out. */
import {
  breakerOf,
  breakerWords,
  defaultBreaker,
  failureAdvice,
  formatInstant,
  jobStatusOf,
  reasonActs,
  reasonText,
  toUuid,
  type BreakerSettings,
  type FailureCategory,
  type FailurePattern as CorePattern,
  type InterventionSummary as CoreSummary,
  type Job,
  type JobDefinition,
  type JobFailing,
  type JobStatus,
  type JobSummary,
  type OpenBreaker,
  type Run as CoreRun,
} from 'job-trigger-core';
import type {
  Breaker,
  FailurePattern,
  Intervention,
  InterventionSummary,
  JobFailures,
  RecommendedAction,
} from '../shapes/failure.ts';
import type { Run } from '../shapes/run.ts';

/** The one in force: of the job, else of its type; null when it is off. @param settings of its owner */
export function breakerToWire(
  definition: Pick<JobDefinition, 'type' | 'breaker'>,
  settings: BreakerSettings = defaultBreaker,
): Breaker | null {
  const breaker = breakerOf({ ownerId: null, definition }, settings);
  if (breaker === null) return null;
  const { consecutive, recent, periodDays: period_days, policy } = breaker;
  return { consecutive, recent, period_days, policy };
}

export function adviceToWire(category: FailureCategory): RecommendedAction {
  const { text, act } = failureAdvice[category];
  return { category, text, action: { code: act, text: reasonActs[act] } };
}

function patternToWire(pattern: CorePattern): FailurePattern {
  return {
    consecutive_failures: pattern.consecutiveFailures,
    recent_failures: pattern.recentFailures,
    failure_reason: pattern.failureReason,
    last_failure_time: pattern.lastFailureAt === null ? null : formatInstant(pattern.lastFailureAt),
    error_patterns: [...pattern.errorPatterns],
  };
}

/** Null while the job's breaker is closed. */
export function interventionToWire(
  job: Pick<Job, 'trouble' | 'definition' | 'ownerId'>,
  settings: BreakerSettings = defaultBreaker,
): Intervention | null {
  const open = job.trouble?.breaker ?? null;
  return open === null ? null : openToWire(open, breakerOf(job, settings)?.policy ?? settings.policy);
}

function openToWire(open: OpenBreaker, policy: Intervention['policy']): Intervention {
  return {
    text: reasonText('breaker', { failures: breakerWords(open) }, 'idle'),
    cause: open.cause,
    opened_at: formatInstant(open.openedAt),
    cool_off_until: formatInstant(open.coolOffUntil),
    policy,
    failure_pattern: patternToWire(open.pattern),
    recommended_action: adviceToWire(open.pattern.failureReason ?? 'unknown'),
  };
}

export function failuresToWire({ job, pattern, lastRun }: JobFailing, settings: BreakerSettings): JobFailures {
  return {
    failure_pattern: patternToWire(pattern),
    recommended_action: pattern.failureReason === null ? null : adviceToWire(pattern.failureReason),
    last_failed_run_id: lastRun === null ? null : toUuid(lastRun),
    intervention: interventionToWire(job, settings),
  };
}

export function interventionSummaryToWire(
  { total, byType, critical, oldestMs, jobs }: CoreSummary,
  { now, settings }: { readonly now: number; readonly settings: BreakerSettings },
): InterventionSummary {
  return {
    total,
    by_type: { ...byType },
    critical,
    oldest_seconds: oldestMs === null ? null : oldestMs / 1000,
    requires_immediate_attention: critical > 0,
    updated_at: formatInstant(now),
    items: jobs.flatMap(({ job }) => {
      const intervention = interventionToWire(job, settings);
      if (intervention === null) return [];
      return [{ job_id: toUuid(job), job_name: job.definition.name, type: job.definition.type, intervention }];
    }),
  };
}

export function failureToWire(failure: CoreRun['failure']): Run['failure'] {
  if (failure === null) return null;
  const { category, message, detail, resetsAt = null } = failure;
  return { category, message, detail, resets_at: resetsAt === null ? null : formatInstant(resetsAt) };
}

/** @param breaker of the settings: from how many failures on a job has issues, and has failed */
export function statusToWire(summary: JobSummary, breaker: BreakerSettings | undefined): JobStatus {
  return jobStatusOf({ ...summary, ...breaker?.shown });
}
