import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

/** Which jobs, and from when to when. */
const Filter = {
  job: Uuid.optional(),
  tag: z.string().max(100).optional(),
  search: z.string().max(200).optional().describe('Part of the job’s name.'),
};

export const TimelineQuery = z.strictObject({ ...Filter, from: Instant, to: Instant.describe('Not included.') });
export const ForecastQuery = z.strictObject({
  ...Filter,
  from: Instant.optional().describe('Now when absent.'),
  hours: z.coerce.number().int().min(1).max(168).default(24),
});

/** Place of the job in `jobs`. */
const JobPlace = z.int().min(0);

const RunBar = z.object({
  job: JobPlace,
  run_id: Uuid,
  trigger: z.string(),
  state: z.enum(['queued', 'starting', 'running', 'succeeded', 'failed', 'timed_out', 'cancelled', 'lost']),
  due_at: Instant.nullable(),
  from: Instant.describe('Its start, or its creation while it waits.'),
  to: Instant.nullable().describe('Null while it lives.'),
});
const SkipBar = z.object({
  job: JobPlace,
  from: Instant,
  to: Instant,
  count: z.int(),
  reason: z.string(),
  reason_text: z.string(),
});
const ComingBar = z.object({
  job: JobPlace,
  at: Instant,
  reason: z.string().nullable().describe('What holds it back; null when it runs.'),
  reason_text: z.string().nullable(),
});
const StretchCount = z.object({
  job: JobPlace,
  at: Instant,
  runs: z.int(),
  failed: z.int(),
  skipped: z.int(),
  due: z.int(),
});

/** Past from the record and the ledger, future from the function that plans. */
export const TimelineShape = z
  .object({
    from: Instant,
    to: Instant,
    now: Instant,
    stretch_seconds: z.number().nullable().describe('Set when there is too much for single marks: see `counts`.'),
    estimated: z.boolean().describe('Part of the future was reckoned from its rate.'),
    jobs: z.array(
      z.object({
        id: Uuid,
        name: z.string(),
        timezone: z.string().nullable(),
        usual_seconds: z
          .number()
          .nullable()
          .describe('Median of the newest twenty succeeded runs, of jobs with a run in `coming`; null for all others.'),
      }),
    ),
    left_out: z.int().describe('Jobs that have something here but no lane.'),
    runs: z.array(RunBar),
    skips: z.array(SkipBar),
    coming: z.array(ComingBar),
    counts: z.array(StretchCount),
    blackouts: z.array(
      z.object({
        job: JobPlace.nullable().describe('Null for all.'),
        from: Instant,
        to: Instant,
        name: z.string().nullable().describe('Of its calendar; null for a range of the schedule itself.'),
      }),
    ),
    holidays: z.array(
      z.object({
        job: JobPlace.nullable(),
        from: Instant,
        to: Instant,
        name: z.string().nullable().describe('Of its calendar and day; null for a date of the schedule itself.'),
      }),
    ),
    maintenance: z.array(
      z.object({
        job: JobPlace.nullable().describe('Null for all.'),
        from: Instant,
        to: Instant.describe('Of one without an end, the end of the span.'),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Timeline' });
export type TimelineShape = z.infer<typeof TimelineShape>;

export const HeatQuery = z.strictObject({ ...Filter, from: Instant, to: Instant, timezone: z.string().max(100) });
/** Counts by weekday (1 is Monday) and hour of the wall clock; hours without anything are left out. */
export const HeatShape = z.object({
  cells: z.array(
    z.object({
      weekday: z.int(),
      hour: z.int(),
      runs: z.int(),
      failed: z.int(),
      skipped: z.int(),
      due: z.int(),
    }),
  ),
  estimated: z.boolean(),
});
export type HeatShape = z.infer<typeof HeatShape>;

const JobName = { job_id: Uuid, job_name: z.string() };

export const ForecastShape = z
  .object({
    from: Instant,
    to: Instant,
    slots: z.int().describe('Of the workers that are online.'),
    highest: z.int().describe('The most starts in one minute.'),
    highest_spread: z.int().describe('The same after following the advice.'),
    peaks: z.array(
      z.object({
        at: Instant,
        starts: z.int(),
        last_wait_seconds: z.number(),
        advice: z.array(z.object({ ...JobName, offset_minutes: z.int() })),
      }),
    ),
  })
  .meta({ id: 'Forecast' });
export type ForecastShape = z.infer<typeof ForecastShape>;

export const WhatIfRequest = z.strictObject({ ...Filter, from: Instant, to: Instant });
export const WhatIfAnswer = z.object({
  count: z.int(),
  items: z.array(z.object({ ...JobName, at: Instant })).describe('The first 500.'),
});

export const FeedRequest = z
  .strictObject({
    name: z.string().min(1).max(100),
    job_id: Uuid.nullable().optional(),
    tag: z.string().max(100).nullable().optional(),
    search: z.string().max(200).nullable().optional(),
  })
  .meta({ id: 'FeedRequest' });

/** A calendar that other programs subscribe to. */
export const Feed = z
  .object({
    id: Uuid,
    name: z.string(),
    created_at: Instant,
    tag: z.string().nullable(),
    search: z.string().nullable(),
  })
  .meta({ id: 'Feed' });
export type Feed = z.infer<typeof Feed>;
export const FeedMade = Feed.extend({ path: z.string().describe('With its token, told only now.') });
