/** How a job fails, and what to do about it. */
import { breakerPolicies, failureCategories } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

/** When a job's automatic runs are stopped. A number that is null counts nothing; absent ones are the type's own. */
export const BreakerInput = z
  .strictObject({
    consecutive: z.int().min(1).max(100).nullable().optional(),
    recent: z.int().min(1).max(100).nullable().optional(),
    period_days: z.int().min(1).max(90).optional(),
    policy: z.enum(breakerPolicies).optional(),
  })
  .meta({ id: 'BreakerRequest' });

export const Breaker = z
  .object({
    consecutive: z.int().nullable(),
    recent: z.int().nullable(),
    period_days: z.int(),
    policy: z.enum(breakerPolicies),
  })
  .meta({ id: 'Breaker' });
export type Breaker = z.infer<typeof Breaker>;

export const FailurePattern = z
  .object({
    consecutive_failures: z
      .int()
      .describe(
        'Of automatic triggers, from the newest back to the last success; cancelled and skipped count as neither.',
      ),
    recent_failures: z.int().describe('Of the last days that the breaker counts.'),
    failure_reason: z
      .enum(failureCategories)
      .nullable()
      .describe('Of the newest five failures, the first in this order.'),
    last_failure_time: Instant.nullable(),
    error_patterns: z.array(z.string()).describe('At most three texts that differ, 100 characters of each.'),
  })
  .meta({ id: 'FailurePattern' });
export type FailurePattern = z.infer<typeof FailurePattern>;

export const RecommendedAction = z
  .object({
    category: z.enum(failureCategories),
    text: z.string(),
    action: z.object({ code: z.string(), text: z.string() }),
  })
  .meta({ id: 'RecommendedAction' });
export type RecommendedAction = z.infer<typeof RecommendedAction>;

/** An open breaker: the schedule starts nothing until somebody, or a trial run, closes it. */
export const Intervention = z
  .object({
    text: z.string(),
    cause: z.enum(['consecutive', 'recent']),
    opened_at: Instant,
    cool_off_until: Instant,
    policy: z.enum(breakerPolicies),
    failure_pattern: FailurePattern.describe('As it was when the breaker opened, or when its trial failed.'),
    recommended_action: RecommendedAction,
  })
  .meta({ id: 'Intervention' });
export type Intervention = z.infer<typeof Intervention>;

export const JobFailures = z
  .object({
    failure_pattern: FailurePattern,
    recommended_action: RecommendedAction.nullable().describe('Null without a failure that counts.'),
    last_failed_run_id: Uuid.nullable(),
    intervention: Intervention.nullable(),
  })
  .meta({ id: 'JobFailures' });
export type JobFailures = z.infer<typeof JobFailures>;

export const InterventionSummary = z
  .object({
    total: z.int(),
    by_type: z.record(z.string(), z.int()),
    critical: z.int().describe('With five failures in a row or more.'),
    oldest_seconds: z.number().nullable().describe('Since the last failure of the job that has waited longest.'),
    requires_immediate_attention: z.boolean().describe('One of them is critical.'),
    updated_at: Instant,
    items: z.array(z.object({ job_id: Uuid, job_name: z.string(), type: z.string(), intervention: Intervention })),
  })
  .meta({ id: 'InterventionSummary' });
export type InterventionSummary = z.infer<typeof InterventionSummary>;
