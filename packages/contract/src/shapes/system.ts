import { z } from 'zod';
import { Instant, Reason, Uuid } from './common.ts';
import { Run } from './run.ts';
import { Job } from './job.ts';

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
  })
  .meta({ id: 'Scheduler' });
export type SchedulerShape = z.infer<typeof SchedulerShape>;

/** Runs that wait, in the order of their claims, each with its reason. */
export const Queue = z
  .object({
    queued: z.int(),
    running: z.int(),
    oldest_queued_at: Instant.nullable(),
    items: z.array(z.object({ position: z.int(), run: Run })),
  })
  .meta({ id: 'Queue' });
export type Queue = z.infer<typeof Queue>;

export const Check = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  message: z.string(),
  fix: z.string().nullable(),
  latency_ms: z.number().optional(),
});

export const ShortHealth = z.object({ status: z.enum(['healthy', 'degraded', 'unhealthy']), version: z.string() }).meta({ id: 'ShortHealth' });

/** Measured, never constant. Without a credential only `status` and `version` are told. */
export const Health = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    version: z.string(),
    checks: z.record(z.string(), Check).optional(),
    last_poll_age_seconds: z.number().nullable().optional(),
    pending_count: z.int().optional(),
    disabled_features: z.array(z.string()).optional(),
    response_time_ms: z.number().optional(),
    timestamp: Instant.optional(),
    zone_data: z.string().optional(),
    uptime_seconds: z.number().optional(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const Script = z
  .object({
    path: z.string(),
    bytes: z.int(),
    modified_at: Instant,
    interpreter: z.string().nullable(),
    problem: z.string().nullable().describe('Why it would be refused; null when it may run.'),
    used_by: z.int(),
  })
  .meta({ id: 'Script' });
export type Script = z.infer<typeof Script>;

/** The last N runs of a job, for the strip in lists: enough for a bar each. */
export const Overview = z
  .object({
    window: z.object({ from: Instant, to: Instant }),
    counts: z.object({
      running: z.int(),
      queued: z.int(),
      succeeded: z.int(),
      failed: z.int(),
      missed: z.int().describe('Instants in the window that no run was made for because nobody was there in time.'),
      skipped: z.int(),
      success_rate: z.number().nullable(),
    }),
    before: z.object({ succeeded: z.int(), failed: z.int(), success_rate: z.number().nullable() }),
    attention: z.array(z.object({ job: Job, title: z.string(), text: z.string(), since: Instant.nullable(), severity: z.enum(['warning', 'error']) })),
    running: z.array(Run),
    waiting: z.array(Run),
    coming: z.array(z.object({ job_id: Uuid, job_name: z.string(), at: Instant, timezone: z.string(), description: z.string() })),
    finished: z.array(Run),
    jobs_total: z.int(),
    demo: z.boolean().describe('Demo data is present and can be removed.'),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;

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

export const SettingShape = z
  .object({
    key: z.string(),
    variable: z.string().nullable(),
    value: z.unknown(),
    source: z.string().describe('default, a file with its line, the variable, or the flag.'),
    description: z.string(),
    default: z.unknown(),
  })
  .meta({ id: 'Setting' });
export type SettingShape = z.infer<typeof SettingShape>;

/** What the stream sends: a hint what changed. REST has every fact. */
export const StreamHint = z
  .object({ topics: z.array(z.enum(['runs', 'jobs', 'workers', 'schedulers', 'events'])), run_ids: z.array(Uuid).optional(), ...{ at: Instant } })
  .meta({ id: 'StreamHint' });
export type StreamHint = z.infer<typeof StreamHint>;

export const Waiting = z.object({ ...Reason });
