import { alertKinds, alertSeverities } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, PageQuery, pageOf, queryList, Uuid } from './common.ts';

/** What somebody should know although nobody asked. */
export const AlertShape = z
  .object({
    id: Uuid,
    kind: z.enum(alertKinds),
    severity: z.enum(alertSeverities),
    state: z.enum(['open', 'resolved']),
    title: z.string(),
    text: z.string().describe('What happened.'),
    advice: z.string().describe('What to do next.'),
    link: z.string().describe('Path of the page that shows it.'),
    job_id: Uuid.nullable(),
    job_name: z.string().nullable(),
    run_id: Uuid.nullable(),
    count: z.int().describe('How many runs or instants it stands for.'),
    from_at: Instant.nullable().describe('First instant it is about.'),
    to_at: Instant.nullable().describe('Last instant it is about.'),
    raised_at: Instant,
    updated_at: Instant,
    resolved_at: Instant.nullable(),
    resolution: z.string().nullable().describe('How it ended.'),
    acknowledged_at: Instant.nullable(),
    acknowledged_by: z.string().nullable(),
  })
  .meta({ id: 'Alert' });
export type AlertShape = z.infer<typeof AlertShape>;

export const AlertQuery = z.strictObject({
  ...PageQuery,
  state: z.enum(['open', 'resolved', 'all']).default('open'),
  kind: queryList(alertKinds).optional(),
  job_id: Uuid.optional(),
});

export const AlertPage = pageOf(AlertShape).extend({
  unread: z.int().describe('Open alerts that nobody has acknowledged; the filter does not narrow it.'),
  checked_at: Instant,
});
export type AlertPage = z.infer<typeof AlertPage>;

export const AlertCount = z.object({ open: z.int(), unread: z.int(), checked_at: Instant }).meta({ id: 'AlertCount' });
