import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

const LocalTime = z.string().max(8).describe('Local time `HH:MM`.');
const Weekdays = z.array(z.int().min(1).max(7)).min(1).max(7).describe('1 is Monday, 7 is Sunday.');
const EntryName = z.string().max(200);

export const Holiday = z
  .strictObject({
    date: z.string().max(10).describe('`YYYY-MM-DD`, or `MM-DD` for every year.'),
    name: EntryName,
    closed_from: LocalTime.nullable().optional().describe('Half a day: closed from this local time on.'),
  })
  .meta({ id: 'Holiday' });
export type Holiday = z.infer<typeof Holiday>;

export const BlackoutRange = z.strictObject({ name: EntryName, from: Instant, to: Instant });
export type BlackoutRange = z.infer<typeof BlackoutRange>;
export const WeeklyWindow = z.strictObject({ name: EntryName, weekdays: Weekdays, from: LocalTime, to: LocalTime });
export const YearlyWindow = z.strictObject({
  name: EntryName,
  from: z.string().max(11).describe('`MM-DDTHH:MM`, local.'),
  to: z.string().max(11).describe('`MM-DDTHH:MM`, local; before `from` it crosses the turn of the year.'),
});

export const BlackoutScope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('attached') }),
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('tags'), tags: z.array(z.string().max(100)).min(1).max(100) }),
    z.strictObject({ kind: z.literal('jobs'), job_ids: z.array(Uuid).min(1).max(500) }),
  ])
  .describe('For whom it counts beside the schedules that attach it.');

const Year = z.int().min(1900).max(2200);
/** Where entries came from; in a request the country fills them. */
export const CalendarSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('country'),
    country: z.string().max(3),
    region: z.string().max(10).nullable().optional(),
    from_year: Year.optional(),
    to_year: Year.optional(),
  }),
  z.strictObject({ kind: z.enum(['ics', 'json']) }),
]);

const Named = { name: z.string().max(100), description: z.string().max(2000).nullable().optional() };
const HolidayFields = {
  holidays: z.array(Holiday).max(5000).optional(),
  working_weekdays: Weekdays.nullable()
    .optional()
    .describe('What counts as a working day when days are rolled or counted; Monday to Friday when null.'),
  close_days_off: z.boolean().optional().describe('Weekdays that are no working days are closed too.'),
};
const BlackoutFields = {
  policy: z.enum(['skip', 'defer']).optional().describe('`skip` when absent; `defer` runs at the end of the window.'),
  scope: BlackoutScope.optional(),
  timezone: z.string().max(100).optional().describe('Of the weekly and yearly windows.'),
  ranges: z.array(BlackoutRange).max(2000).optional(),
  weekly: z.array(WeeklyWindow).max(200).optional(),
  yearly: z.array(YearlyWindow).max(200).optional(),
};
const Source = { source: CalendarSource.nullable().optional() };

export const CalendarInput = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('holiday'), ...Named, ...HolidayFields, ...Source }),
    z.strictObject({ kind: z.literal('blackout'), ...Named, ...BlackoutFields, ...Source }),
  ])
  .meta({ id: 'CalendarRequest' });
export type CalendarInput = z.infer<typeof CalendarInput>;

/** A change: absent fields stay. */
export const CalendarPatch = z
  .strictObject({
    kind: z.enum(['holiday', 'blackout']).optional(),
    name: Named.name.optional(),
    description: Named.description,
    ...HolidayFields,
    ...BlackoutFields,
    ...Source,
  })
  .meta({ id: 'CalendarPatch' });
export type CalendarPatch = z.infer<typeof CalendarPatch>;

const Head = {
  id: Uuid,
  kind: z.enum(['holiday', 'blackout']),
  name: z.string(),
  description: z.string().nullable(),
  version: z.int(),
  source: CalendarSource.nullable(),
  entries: z.int(),
  used_by: z.int().describe('Living jobs with a schedule that attaches it.'),
  created_at: Instant,
  updated_at: Instant,
};

export const CalendarSummary = z
  .object({ ...Head, scope: z.enum(['attached', 'all', 'tags', 'jobs']) })
  .meta({ id: 'CalendarSummary' });
export type CalendarSummary = z.infer<typeof CalendarSummary>;

/** With its entries: those of its kind. */
export const Calendar = z
  .object({
    ...Head,
    users: z.array(z.object({ job_id: Uuid, job_name: z.string(), schedules: z.int() })),
    holidays: z.array(Holiday).optional(),
    working_weekdays: z.array(z.int()).nullable().optional(),
    close_days_off: z.boolean().optional(),
    policy: z.enum(['skip', 'defer']).optional(),
    scope: BlackoutScope.optional(),
    timezone: z.string().optional(),
    ranges: z.array(BlackoutRange).optional(),
    weekly: z.array(WeeklyWindow).optional(),
    yearly: z.array(YearlyWindow).optional(),
  })
  .meta({ id: 'Calendar' });
export type Calendar = z.infer<typeof Calendar>;

/** What a change moved: the first 200 schedules, those that moved first. */
export const CalendarEffect = z
  .object({
    affected: z.array(
      z.object({
        job_id: Uuid,
        job_name: z.string(),
        schedule_id: Uuid,
        schedule_name: z.string().nullable(),
        before: Instant.nullable(),
        next_due_at: Instant.nullable(),
      }),
    ),
    affected_count: z.int(),
  })
  .meta({ id: 'CalendarEffect' });
export type CalendarEffect = z.infer<typeof CalendarEffect>;

export const CalendarChanged = Calendar.extend(CalendarEffect.shape).meta({ id: 'CalendarChanged' });
export type CalendarChanged = z.infer<typeof CalendarChanged>;

export const CalendarImport = z
  .strictObject({
    format: z.enum(['ics', 'json']),
    text: z.string().max(1_000_000),
    kind: z.enum(['holiday', 'blackout']).optional().describe('`holiday` when absent.'),
    name: Named.name.optional().describe('Of the new calendar; the file’s own name when absent.'),
    calendar_id: Uuid.optional().describe('Replaces the entries of this calendar instead.'),
    timezone: z.string().max(100).optional(),
    dry_run: z.boolean().optional().describe('Only answers what would be taken over.'),
  })
  .meta({ id: 'CalendarImport' });
export type CalendarImport = z.infer<typeof CalendarImport>;

export const CalendarImported = z
  .object({
    calendar: CalendarChanged.nullable(),
    name: z.string().nullable(),
    holidays: z.array(Holiday),
    ranges: z.array(BlackoutRange),
    notes: z.array(z.string()).describe('What was left out, and why.'),
  })
  .meta({ id: 'CalendarImported' });
export type CalendarImported = z.infer<typeof CalendarImported>;

const PlaceShape = z.object({ code: z.string(), name: z.string() });
export const NationalHolidays = z
  .object({
    countries: z.array(PlaceShape),
    regions: z.array(PlaceShape),
    items: z.array(Holiday),
    attribution: z.string(),
  })
  .meta({ id: 'NationalHolidays' });
export type NationalHolidays = z.infer<typeof NationalHolidays>;
