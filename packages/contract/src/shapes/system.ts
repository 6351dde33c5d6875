import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { Run } from './run.ts';

const ClockOffset = z
  .number()
  .nullable()
  .describe('How far its clock is ahead of the database’s, which is the one that counts.');

export const Worker = z
  .object({
    id: Uuid,
    name: z.string(),
    state: z.enum(['online', 'stale', 'offline', 'draining', 'paused']),
    host: z.string(),
    platform: z.string(),
    pid: z.int(),
    version: z.string(),
    slots: z.int(),
    slots_used: z.int(),
    queues: z.array(z.string()),
    labels: z.array(z.string()),
    containment: z.enum(['pidns', 'cgroup', 'pgid']),
    started_at: Instant,
    last_heartbeat_at: Instant,
    heartbeat_age_seconds: z.number(),
    runs: z.array(z.object({ run_id: Uuid, job_name: z.string() })),
    processed: z.int().describe('Attempts ended in the last 24 h.'),
    failed: z.int().describe('Of these, not succeeded.'),
    paused_at: Instant.nullable().describe('Since when it takes nothing, also after a restart.'),
    clock_offset_seconds: ClockOffset,
    processed_total: z.int().describe('Attempts ended since it first registered.'),
    failed_total: z.int().describe('Of these, failed, timed out or not started.'),
    unhealthy: z.string().nullable().describe('Why it can start no processes and rests; null while it can.'),
  })
  .meta({ id: 'Worker' });
export type Worker = z.infer<typeof Worker>;

export const SchedulerShape = z
  .object({
    id: Uuid,
    name: z.string(),
    state: z.enum(['online', 'stale', 'offline']),
    host: z.string(),
    pid: z.int(),
    version: z.string(),
    started_at: Instant,
    last_heartbeat_at: Instant,
    last_poll_at: Instant.nullable(),
    clock_offset_seconds: ClockOffset,
    clock_hold: z
      .object({ from: Instant, to: Instant, confirmed_at: Instant.nullable() })
      .nullable()
      .describe('A jump of the clock by more than a day that it does not believe yet; nothing is planned meanwhile.'),
  })
  .meta({ id: 'Scheduler' });
export type SchedulerShape = z.infer<typeof SchedulerShape>;

export const Check = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  message: z.string(),
  fix: z.string().nullable(),
  latency_ms: z.number().optional(),
});

export const ShortHealth = z
  .object({ status: z.enum(['healthy', 'degraded', 'unhealthy']), version: z.string() })
  .meta({ id: 'ShortHealth' });

/** Measured, never constant. Without a credential only `status` and `version` are told. */
export const Health = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    version: z.string(),
    checks: z.record(z.string(), Check).optional(),
    last_poll_age_seconds: z.number().nullable().optional(),
    pending_count: z.int().optional(),
    disabled_features: z.array(z.string()).optional().describe('What settings keep switched off.'),
    response_time_ms: z.number().optional(),
    timestamp: Instant.optional(),
    zone_data: z.string().optional(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

/** All that is looked at, with what each is for and what mends it. */
export const HealthChecks = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    checked_at: Instant,
    version: z.string(),
    items: z.array(
      Check.extend({
        check: z.string(),
        title: z.string(),
        meaning: z.string(),
      }),
    ),
    counters: z
      .record(z.string(), z.int())
      .nullable()
      .describe('What schedulers and workers have done since the first start; null while the database is away.'),
  })
  .meta({ id: 'HealthChecks' });
export type HealthChecks = z.infer<typeof HealthChecks>;

/** A backup that was written and read back whole. */
export const BackupShape = z
  .object({
    file: z.string().describe('On the portal’s host.'),
    bytes: z.int(),
    created_at: Instant,
    counts: z.record(z.string(), z.int()).describe('Rows by table.'),
    files: z.int(),
    artifacts: z.boolean().describe('Whether it holds the files that runs left.'),
    seconds: z.number(),
  })
  .meta({ id: 'Backup' });
export type BackupShape = z.infer<typeof BackupShape>;

/** What retention removes, or would. */
export const Retention = z
  .object({
    dry_run: z.boolean(),
    runs: z.int().describe('With attempts and output. A dry run counts to 10,000.'),
    ledger: z.int().describe('Occurrences and gaps.'),
    events: z.int().describe('A dry run counts to 10,000.'),
    jobs: z.int().describe('Deleted ones that can no longer be restored.'),
    oldest_run_at: Instant.nullable().describe('Of the runs that are to go, the oldest.'),
    before: z
      .object({ runs: Instant, ledger: Instant, events: Instant, jobs: Instant })
      .describe('What is older is to go; of the ledger, what a catch-up may still look at stays.'),
  })
  .meta({ id: 'Retention' });
export type Retention = z.infer<typeof Retention>;

/** The next instant of a schedule, as lists of what comes show it. */
export const Coming = z
  .object({ job_id: Uuid, job_name: z.string(), at: Instant, timezone: z.string(), description: z.string() })
  .meta({ id: 'Coming' });
export type Coming = z.infer<typeof Coming>;

/** One thing a person should look at, with the job it is about. */
export const AttentionItem = z
  .object({
    job_id: Uuid,
    job_name: z.string(),
    severity: z.enum(['warning', 'error']),
    title: z.string(),
    text: z.string(),
    since: Instant.nullable(),
    run_id: Uuid.nullable(),
  })
  .meta({ id: 'AttentionItem' });
export type AttentionItem = z.infer<typeof AttentionItem>;

/** What ended within a window. */
const Ended = z.object({ succeeded: z.int(), failed: z.int(), success_rate: z.number().nullable() });

/** The first page in one answer. */
export const Overview = z
  .object({
    window: z.object({ from: Instant, to: Instant }),
    counts: Ended.extend({
      running: z.int(),
      queued: z.int(),
      skipped: z.int().describe('Other instants that became no run, decided in the window.'),
      missed: z
        .int()
        .describe(
          'Instants without a run of their own because nobody was there in time, noticed in the window; those that were folded into a catch-up run included.',
        ),
    }),
    before: Ended.describe('The window of the same length before this one.'),
    lateness_p95_seconds: z
      .number()
      .nullable()
      .describe('From due to started, of the scheduled runs that ended in the window.'),
    attention: z.array(AttentionItem),
    running: z.array(Run),
    waiting: z.array(Run),
    coming: z.array(Coming),
    finished: z.array(Run),
    jobs_total: z.int(),
    demo_jobs: z.int().describe('Of these, how many are demo data.'),
    workers_online: z.int(),
    scheduler: z.object({ online: z.int(), last_poll_at: Instant.nullable() }),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;

/** What a demo brought, and its removal would take away. */
export const Demo = z
  .object({
    filled_at: Instant.nullable().describe('Null when there is no demo.'),
    jobs: z.int().describe('Marked jobs, deleted ones included.'),
    runs: z.int().describe('Their runs: the history that came with them, and those since.'),
    files: z.array(z.string()).describe('Files in the scripts folder that came with it.'),
  })
  .meta({ id: 'Demo' });
export type Demo = z.infer<typeof Demo>;

export const DemoRemoved = z
  .object({
    jobs: z.int(),
    runs: z.int(),
    files_removed: z.array(z.string()),
    files_kept: z.array(z.string()).describe('Changed since, or in use by another job.'),
  })
  .meta({ id: 'DemoRemoved' });
export type DemoRemoved = z.infer<typeof DemoRemoved>;

/** A fact in the past tense, with the sentence that says it. */
export const EventShape = z
  .object({
    id: z.string(),
    at: Instant,
    kind: z.string(),
    text: z.string(),
    job_id: Uuid.nullable(),
    run_id: Uuid.nullable(),
    actor: z.string().nullable(),
  })
  .meta({ id: 'Event' });
export type EventShape = z.infer<typeof EventShape>;

/** What `GET /api/stream` sends as data: a hint what changed. REST has every fact. */
export const StreamHint = z
  .object({
    at: Instant,
    topics: z.array(z.enum(['runs', 'jobs', 'workers', 'schedulers', 'events', 'alerts', 'attention'])),
    run_ids: z.array(Uuid).optional(),
    job_ids: z.array(Uuid).optional(),
  })
  .meta({ id: 'StreamHint' });
export type StreamHint = z.infer<typeof StreamHint>;
