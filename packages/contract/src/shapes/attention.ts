import {
  alertSeverities,
  attentionActs,
  attentionKinds,
  attentionStates,
  failureCategories,
} from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, PageQuery, pageOf, queryList, Uuid } from './common.ts';

const Ending = z.object({
  at: Instant,
  by: z.string().nullable().describe('Null: it ended by itself.'),
  text: z.string().describe('What helped.'),
});

const itemFields = {
  id: Uuid,
  kind: z.enum(attentionKinds),
  severity: z.enum(alertSeverities),
  state: z.enum(attentionStates),
  class: z.enum(failureCategories).nullable().describe('Of the failure; null for what is none of a job.'),
  class_text: z.string().nullable().describe('The class in one word.'),
  title: z.string(),
  evidence: z.string().describe('The line that shows it.'),
  recommended_action: z.object({
    act: z.enum(attentionActs),
    text: z.string(),
  }),
  link: z.string().describe('Path of the page that shows its subject.'),
  first_seen_at: Instant,
  since: Instant.describe('When it opened this time.'),
  last_seen_at: Instant,
  opened: z.int().describe('How often it has opened; 1 is new.'),
  times: z.int().describe('Runs that ended so since, or what its alert counts.'),
  jobs: z.int().describe('Jobs that it touches.'),
  in_a_row: z.int().describe('Failures in a row of the worst of them.'),
  critical: z.boolean().describe('Five or more in a row.'),
  job_id: Uuid.nullable().describe('Null for several jobs, and for none.'),
  job_name: z.string().nullable(),
  run_id: Uuid.nullable().describe('The newest run that ended so.'),
  owner: z.object({ id: Uuid, name: z.string() }).nullable(),
  note: z.string().nullable(),
  acknowledged_at: Instant.nullable(),
  acknowledged_by: z.string().nullable(),
  snoozed_until: Instant.nullable(),
  resolved_at: Instant.nullable(),
  ending: Ending.nullable().describe('How it ended; of an open one, how it ended the time before.'),
};

/** What a person must decide. */
export const AttentionShape = z.object(itemFields).meta({ id: 'Attention' });
export type AttentionShape = z.infer<typeof AttentionShape>;

const Change = z.object({
  run_id: Uuid.nullable().describe('The last success; null when there is none.'),
  ended_at: Instant.nullable(),
  version: z.object({ from: z.int(), to: z.int(), by: z.string().nullable(), at: Instant.nullable() }).nullable(),
  worker: z.object({ from: z.string(), to: z.string() }).nullable(),
  script: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .describe('SHA-256 of the script: its content is another one.'),
  parameters: z.array(z.string()).describe('Names of those with another value.'),
});

export const AttentionDetail = z
  .object({
    ...itemFields,
    touched: z.array(
      z.object({
        job_id: Uuid,
        job_name: z.string(),
        times: z.int(),
        run_id: Uuid.nullable(),
        healed_at: Instant.nullable().describe('When a later run succeeded.'),
      }),
    ),
    runs: z
      .array(z.object({ run_id: Uuid, job_id: Uuid, ended_at: Instant, retry_run_id: Uuid.nullable() }))
      .describe('The newest, at most 50.'),
    since_success: Change.nullable().describe('What has changed since the job last succeeded.'),
    pattern: z
      .object({
        consecutive_failures: z.int(),
        recent_failures: z.int(),
        error_patterns: z.array(z.string()),
      })
      .nullable()
      .describe('Of automatic runs of the only job.'),
    breaker_open: z.boolean(),
  })
  .meta({ id: 'AttentionDetail' });
export type AttentionDetail = z.infer<typeof AttentionDetail>;

export const AttentionQuery = z.strictObject({
  ...PageQuery,
  state: z.enum([...attentionStates, 'all']).default('open'),
  kind: queryList(attentionKinds).optional(),
  class: queryList(failureCategories).optional(),
  job_id: Uuid.optional(),
  owner: z
    .union([z.enum(['me', 'none']), Uuid])
    .optional()
    .describe('`me`, `none`, or the id of a person.'),
});

export const AttentionPage = pageOf(AttentionShape).extend({ checked_at: Instant });
export type AttentionPage = z.infer<typeof AttentionPage>;

const counts = z.record(z.string(), z.int());

/** What all that stands comes to. */
export const AttentionCount = z
  .object({
    open: z.int(),
    unread: z.int().describe('Open, and acknowledged by nobody.'),
    snoozed: z.int(),
    critical: z.int().describe('Open, with a job that failed five times in a row or more.'),
    requires_immediate_attention: z.boolean(),
    oldest_at: Instant.nullable(),
    by_kind: counts,
    by_class: counts,
    by_job_type: counts,
    checked_at: Instant,
  })
  .meta({ id: 'AttentionCount' });
export type AttentionCount = z.infer<typeof AttentionCount>;

export const AssignBody = z.strictObject({
  owner: z
    .union([z.literal('me'), Uuid])
    .nullable()
    .describe('`me`, the id of a person, or null for nobody.'),
});

export const NoteBody = z.strictObject({ note: z.string().max(2000).nullable() });

export const SnoozeBody = z.strictObject({ until: Instant.nullable().describe('Null brings it back.') });

export const ResolveBody = z.strictObject({
  text: z.string().max(2000).nullable().optional().describe('What helped; told when it happens again.'),
});

export const AttentionRetryBody = z.strictObject({
  which: z.enum(['newest', 'all']).default('newest').describe('Of each job the newest run, or every run.'),
  at: Instant.optional().describe('Not before.'),
  reset_failure_count: z.boolean().optional().describe('Closes breakers, and counts failures anew.'),
});

export const AttentionRetried = z
  .object({
    retried: z.int(),
    refused: z.int(),
    before: z.int().describe('Had been run again before.'),
    items: z.array(
      z.object({
        run_id: Uuid.nullable(),
        job_id: Uuid.nullable(),
        retry_run_id: Uuid.nullable(),
        before: z.boolean(),
        code: z.string().nullable(),
        message: z.string().nullable(),
      }),
    ),
    item: AttentionShape,
  })
  .meta({ id: 'AttentionRetried' });
export type AttentionRetried = z.infer<typeof AttentionRetried>;
