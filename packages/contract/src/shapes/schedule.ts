import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

const LocalTime = z.string().max(8).describe('Local time `HH:MM` or `HH:MM:SS`.');
const Times = z.array(LocalTime).min(1).max(100);
const Weekday = z.int().min(1).max(7).describe('1 is Monday, 7 is Sunday.');
const MonthDay = {
  day: z.union([z.int().min(1).max(31), z.literal('last')]).optional(),
  short_months: z.enum(['last_day', 'skip']).optional(),
  nth: z.union([z.int().min(1).max(5), z.literal(-1)]).optional(),
  weekday: Weekday.optional(),
  business_day: z
    .union([z.int().min(1).max(23), z.literal(-1)])
    .optional()
    .describe('The nth working day of the month by its calendars; -1 is the last.'),
};

export const ActiveWindow = z.strictObject({
  from: LocalTime,
  to: LocalTime,
  weekdays: z.array(Weekday).max(7).optional(),
});

/** What any kind of schedule can carry besides its rule. */
const Common = {
  timezone: z.string().max(100).optional().describe('IANA name; the installation’s zone when absent.'),
  active_hours: z.array(ActiveWindow).max(50).nullable().optional(),
  blackouts: z
    .array(z.strictObject({ from: Instant, to: Instant }))
    .max(500)
    .optional(),
  holidays: z.array(z.string().max(10)).max(1000).optional(),
  working_weekdays: z.array(Weekday).min(1).max(7).optional().describe('Monday to Friday when absent.'),
  calendars: z.array(Uuid).max(20).optional().describe('Calendars that count for this schedule.'),
  holiday_policy: z
    .enum(['skip', 'previous', 'next'])
    .optional()
    .describe('On a holiday: no run (`skip`, when absent), or moved to the working day before or after.'),
  blackout_policy: z.enum(['skip', 'defer']).optional().describe('Goes before what its blackouts say.'),
  dst_gap: z
    .enum(['run', 'skip'])
    .optional()
    .describe('A local time that clocks skip runs at the end of the gap (`run`, when absent), or not.'),
  not_before: Instant.nullable().optional(),
  not_after: Instant.nullable().optional(),
  jitter_seconds: z.number().min(0).max(86_400).optional(),
};

/** Which schedule of the job an element is: matched by `id`, else `name`, else place. */
const Identity = {
  id: Uuid.optional(),
  name: z.string().max(100).nullable().optional(),
  active: z.boolean().optional(),
  priority: z.int().min(-1000).max(1000).optional(),
};

const kinds = {
  cron: { expression: z.string().max(10_000).describe('Five fields, or six with seconds in front.') },
  interval: {
    every: z.number(),
    unit: z.enum(['seconds', 'minutes', 'hours', 'days', 'weeks', 'months']),
    start: Instant.optional(),
    anchor: LocalTime.optional(),
  },
  hourly: { minute: z.int().min(0).max(59) },
  daily: { times: Times },
  weekly: { weekdays: z.array(Weekday).min(1).max(7), times: Times },
  monthly: { ...MonthDay, times: Times },
  yearly: { month: z.int().min(1).max(12), ...MonthDay, times: Times },
  once: { at: z.string().max(25).describe('Local `YYYY-MM-DDTHH:MM:SS`.') },
  rrule: {
    rrule: z.string().max(2000),
    dtstart: z.string().max(25),
    exdates: z.array(z.string().max(25)).max(1000).optional(),
  },
} as const;

function variant<K extends string, S extends z.ZodRawShape>(kind: K, shape: S) {
  return z.strictObject({ kind: z.literal(kind), ...shape, ...Common, ...Identity });
}

/** A schedule as it comes in. `{"kind":"manual"}` means none. */
export const ScheduleInput = z
  .discriminatedUnion('kind', [
    variant('cron', kinds.cron),
    variant('interval', kinds.interval),
    variant('hourly', kinds.hourly),
    variant('daily', kinds.daily),
    variant('weekly', kinds.weekly),
    variant('monthly', kinds.monthly),
    variant('yearly', kinds.yearly),
    variant('once', kinds.once),
    variant('rrule', kinds.rrule),
    z.strictObject({ kind: z.literal('manual') }),
  ])
  .meta({ id: 'ScheduleRequest' });
export type ScheduleInput = z.infer<typeof ScheduleInput>;

/** A schedule as it goes out: the rule as written, its state, its words. */
export const Schedule = z
  .looseObject({
    id: Uuid,
    name: z.string().nullable(),
    kind: z.string(),
    timezone: z.string(),
    active: z.boolean(),
    priority: z.int(),
    description: z.string().describe('One line of words, with the zone.'),
    next_due_at: Instant.nullable(),
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;

export const Note = z.object({ code: z.string(), sentence: z.string() });
export type Note = z.infer<typeof Note>;

export const PreviewRequest = z
  .strictObject({
    schedule: ScheduleInput,
    from: Instant.optional(),
    to: Instant.optional(),
    count: z.int().min(1).max(1000).optional().describe('10 when absent.'),
    job_id: Uuid.optional().describe('Adds the difference to what is in force, and what its runs usually take.'),
    replaces: Uuid.nullable()
      .optional()
      .describe(
        'The schedule of the job it stands for, null for none; absent: by `id`, else `name`, else the only one.',
      ),
    tags: z
      .array(z.string().max(100))
      .max(100)
      .optional()
      .describe('Of a job that is not saved: some blackouts count for tags.'),
  })
  .meta({ id: 'PreviewRequest' });
export type PreviewRequest = z.infer<typeof PreviewRequest>;

export const PreviewItem = z.object({
  at: Instant,
  local: z.string().describe('The same instant on the schedule’s wall clock, with its offset.'),
  notes: z.array(Note),
});
export type PreviewItem = z.infer<typeof PreviewItem>;

/** A change of the clocks in the schedule's zone, and what it does to its runs. */
export const ClockChange = z.object({
  at: Instant,
  offset_before: z.string(),
  offset_after: z.string(),
  sentence: z.string(),
  effect: z.string(),
});

/** Coming instants of a schedule, from the function that plans. With `job_id`, also the difference to the one in force. */
export const Preview = z
  .object({
    items: z.array(PreviewItem),
    skipped: z.array(
      z.object({ from: Instant, to: Instant, count: z.int(), reason: z.string(), reason_text: z.string() }),
    ),
    description: z.string(),
    warnings: z.array(Note),
    clock_changes: z.array(ClockChange).describe('Of the year ahead.'),
    past: z.object({ from: Instant, to: Instant, count: z.int(), sentence: z.string() }).describe('The last 7 days.'),
    difference: z.string().optional().describe('With `job_id`: added, removed and moved in words.'),
    added: z.array(Instant).optional(),
    removed: z.array(Instant).optional(),
    moved: z.array(z.object({ from: Instant, to: Instant })).optional(),
  })
  .meta({ id: 'Preview' });
export type Preview = z.infer<typeof Preview>;

export const ParseRequest = z
  .strictObject({
    text: z.string().max(2000).describe('Words such as "weekdays at 9:30", or a crontab line.'),
    timezone: z.string().max(100).optional().describe('Zone of words that name none; the installation’s when absent.'),
  })
  .meta({ id: 'ParseRequest' });

/** What words mean, or what has to be asked back first. */
export const ParseAnswer = z
  .object({
    schedule: z.record(z.string(), z.unknown()).nullable().describe('Null when something has to be asked back.'),
    description: z.string().nullable(),
    command: z.string().nullable().describe('Of a crontab line.'),
    user: z.string().nullable().describe('The user column of a system crontab.'),
    question: z.string().nullable(),
    choices: z.array(z.object({ label: z.string(), text: z.string().describe('To be parsed in place of the first.') })),
  })
  .meta({ id: 'ParseAnswer' });
export type ParseAnswer = z.infer<typeof ParseAnswer>;
