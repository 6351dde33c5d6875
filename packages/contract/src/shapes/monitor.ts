import { monitorStates, pingKinds } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { ScheduleInput } from './schedule.ts';

const Name = z.string().min(1).max(100);
const Seconds = z.number().min(10).max(31_622_400);

export const MonitorInput = z
  .strictObject({
    name: Name,
    schedule: ScheduleInput.optional().describe('When pings are expected; or `period_seconds`.'),
    period_seconds: Seconds.optional().describe('The longest time between two pings; or `schedule`.'),
    grace_seconds: Seconds.optional().describe('How long a ping may be late; 300 when absent.'),
  })
  .meta({ id: 'MonitorRequest' });
export type MonitorInput = z.input<typeof MonitorInput>;

export const MonitorPatch = z
  .strictObject({
    name: Name.optional(),
    schedule: ScheduleInput.optional(),
    period_seconds: Seconds.optional(),
    grace_seconds: Seconds.optional(),
  })
  .meta({ id: 'MonitorChange' });

/** A job that runs elsewhere and reports here. */
export const Monitor = z
  .object({
    id: Uuid,
    name: z.string(),
    state: z
      .enum(monitorStates)
      .describe('`new`: no ping yet; `late`: due, its grace is not over; `down`: did not come, or reported a failure.'),
    state_since: Instant,
    schedule: z.record(z.string(), z.unknown()).nullable(),
    period_seconds: z.number().nullable(),
    grace_seconds: z.number(),
    expects: z.string().describe('When pings are expected, in words.'),
    expected_at: Instant.nullable().describe('When the next ping is due.'),
    last_ping_at: Instant.nullable(),
    started_at: Instant.nullable().describe('A start that nothing has followed yet.'),
    ping_path: z.string().nullable().describe('Where pings go, with the token; null for who may not change monitors.'),
    created_at: Instant,
    updated_at: Instant,
  })
  .meta({ id: 'Monitor' });
export type Monitor = z.infer<typeof Monitor>;

export const MonitorDetail = Monitor.extend({
  last_output: z.string().nullable().describe('Body of the last ping that had one.'),
  pings: z
    .array(
      z.object({
        at: Instant,
        kind: z.enum(pingKinds),
        exit_code: z.int().nullable(),
        address: z.string().nullable(),
        user_agent: z.string().nullable(),
      }),
    )
    .describe('The last twenty, newest first.'),
}).meta({ id: 'MonitorDetail' });
export type MonitorDetail = z.infer<typeof MonitorDetail>;
