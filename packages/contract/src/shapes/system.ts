import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

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
    response_time_ms: z.number().optional(),
    timestamp: Instant.optional(),
    zone_data: z.string().optional(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const Script = z
  .object({
    path: z.string(),
    bytes: z.int(),
    modified_at: Instant,
  })
  .meta({ id: 'Script' });
export type Script = z.infer<typeof Script>;
