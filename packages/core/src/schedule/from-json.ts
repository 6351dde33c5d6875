/**
 * Schedules as they travel and are stored: `snake_case`, instants as RFC 3339. The only place that reads or writes
 * that shape.
 */
import { invalidField, JobTriggerError, type FieldError } from '../errors.ts';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';

type Kind = 'text' | 'number' | 'instant' | 'texts' | 'numbers' | 'day' | 'windows' | 'ranges';

/** A field's name in core, and what it holds. */
interface Field {
  readonly core: string;
  readonly kind: Kind;
  readonly nullable?: true;
}

/** Each field of a schedule by its name on the wire. */
const fields: Readonly<Record<string, Field>> = {
  kind: { core: 'kind', kind: 'text' },
  expression: { core: 'expression', kind: 'text' },
  every: { core: 'every', kind: 'number' },
  unit: { core: 'unit', kind: 'text' },
  start: { core: 'start', kind: 'instant' },
  anchor: { core: 'anchor', kind: 'text' },
  minute: { core: 'minute', kind: 'number' },
  times: { core: 'times', kind: 'texts' },
  weekdays: { core: 'weekdays', kind: 'numbers' },
  day: { core: 'day', kind: 'day' },
  short_months: { core: 'shortMonths', kind: 'text' },
  nth: { core: 'nth', kind: 'number' },
  weekday: { core: 'weekday', kind: 'number' },
  business_day: { core: 'businessDay', kind: 'number' },
  month: { core: 'month', kind: 'number' },
  at: { core: 'at', kind: 'text' },
  rrule: { core: 'rrule', kind: 'text' },
  dtstart: { core: 'dtstart', kind: 'text' },
  exdates: { core: 'exdates', kind: 'texts' },
  timezone: { core: 'timezone', kind: 'text' },
  jitter_seconds: { core: 'jitterSeconds', kind: 'number' },
  active_hours: { core: 'activeHours', kind: 'windows', nullable: true },
  blackouts: { core: 'blackouts', kind: 'ranges' },
  holidays: { core: 'holidays', kind: 'texts' },
  working_weekdays: { core: 'workingWeekdays', kind: 'numbers' },
  calendars: { core: 'calendars', kind: 'texts' },
  holiday_policy: { core: 'holidayPolicy', kind: 'text' },
  blackout_policy: { core: 'blackoutPolicy', kind: 'text' },
  dst_gap: { core: 'dstGap', kind: 'text' },
  not_before: { core: 'notBefore', kind: 'instant', nullable: true },
  not_after: { core: 'notAfter', kind: 'instant', nullable: true },
};

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 10_000;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads one value; undefined when it is not of its kind. */
const readers: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  text: (value) => (isText(value) ? value : undefined),
  number: (value) => (isNumber(value) ? value : undefined),
  instant: (value) => (isText(value) ? (parseInstant(value) ?? undefined) : undefined),
  texts: (value) => (Array.isArray(value) && value.length <= 10_000 && value.every(isText) ? value : undefined),
  numbers: (value) => (Array.isArray(value) && value.length <= 1000 && value.every(isNumber) ? value : undefined),
  day: (value) => (isNumber(value) || value === 'last' ? value : undefined),
  windows: (value) =>
    Array.isArray(value) && value.every((window) => isRecord(window) && isText(window['from']) && isText(window['to']))
      ? (value as readonly Record<string, unknown>[]).map(({ from, to, weekdays }) => ({
          from,
          to,
          ...(Array.isArray(weekdays) && weekdays.every(isNumber) ? { weekdays } : {}),
        }))
      : undefined,
  ranges(value) {
    if (!Array.isArray(value)) return undefined;
    const ranges = (value as readonly unknown[]).map((range) => {
      const from = isRecord(range) && isText(range['from']) ? parseInstant(range['from']) : null;
      const to = isRecord(range) && isText(range['to']) ? parseInstant(range['to']) : null;
      return from === null || to === null ? null : { from, to };
    });
    return ranges.includes(null) ? undefined : ranges;
  },
};

const expected: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a number',
  instant: 'an RFC 3339 instant such as 2027-01-31T09:00:00Z',
  texts: 'a list of texts',
  numbers: 'a list of numbers',
  day: 'a number or "last"',
  windows: 'a list of {from, to, weekdays?}',
  ranges: 'a list of {from, to} instants',
};

const isField = (name: string): boolean => Object.hasOwn(fields, name);

/** Sets a field from its value on the wire. @returns what is wrong with it; null when nothing is */
function put(spec: Record<string, unknown>, name: string, found: unknown): string | null {
  const field = isField(name) ? fields[name] : undefined;
  if (field === undefined) return 'is not a field of a schedule';
  const read = found === null && field.nullable === true ? null : readers[field.kind](found);
  if (read === undefined) return `must be ${expected[field.kind]}`;
  spec[field.core] = read;
  return null;
}

/** Fields that every schedule needs, and that nothing was said of yet. */
function missing(spec: Readonly<Record<string, unknown>>, wrong: readonly FieldError[]): readonly string[] {
  return ['kind', 'timezone'].filter((name) => spec[name] === undefined && !wrong.some(({ path }) => path === name));
}

/**
 * Reads a schedule's shape; whether its values make sense is `validateSchedule`'s question.
 * `timezone` fills an absent zone. @throws `schedule_invalid` with every field that cannot be read
 */
export function scheduleFromJson(
  value: unknown,
  options: { readonly ignoreUnknown?: boolean; readonly timezone?: string } = {},
): ScheduleSpec {
  if (!isRecord(value)) throw invalidField('', 'a schedule is an object with a kind', 'schedule_invalid');
  const spec: Record<string, unknown> = {};
  const wrong: FieldError[] = [];
  const entries = Object.entries(value).filter(([name]) => isField(name) || options.ignoreUnknown !== true);
  for (const [path, found] of entries) {
    const message = put(spec, path, found);
    if (message !== null) wrong.push({ path, message });
  }
  if (options.timezone !== undefined) spec['timezone'] ??= options.timezone;
  for (const path of missing(spec, wrong)) wrong.push({ path, message: 'is needed' });
  const first = wrong[0];
  if (first !== undefined)
    throw new JobTriggerError('schedule_invalid', `${first.path}: ${first.message}`, { fields: wrong });
  return spec as unknown as ScheduleSpec;
}

/** The same shape going out. */
export function scheduleToJson(spec: ScheduleSpec): Record<string, unknown> {
  const source = spec as unknown as Readonly<Record<string, unknown>>;
  const json: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = source[field.core];
    if (value === undefined) continue;
    if (field.kind === 'instant' && isNumber(value)) json[name] = formatInstant(value);
    else if (field.kind === 'ranges')
      json[name] = (value as { from: number; to: number }[]).map(({ from, to }) => ({
        from: formatInstant(from),
        to: formatInstant(to),
      }));
    else json[name] = value;
  }
  return json;
}
