import type { Schedule, ScheduleInput } from 'job-trigger-contract';
import { browserZone } from '../../lib/time.ts';

export type ScheduleKind = ScheduleInput['kind'];

/** A schedule while it is being written: fields of its kind, and what it already had. */
export type ScheduleDraft = Readonly<Record<string, unknown>> & { readonly kind: ScheduleKind };

export const kindWords: readonly { readonly value: ScheduleKind; readonly label: string }[] = [
  { value: 'interval', label: 'Every so often' },
  { value: 'hourly', label: 'Each hour' },
  { value: 'daily', label: 'Each day' },
  { value: 'weekly', label: 'On weekdays' },
  { value: 'monthly', label: 'Each month' },
  { value: 'yearly', label: 'Each year' },
  { value: 'once', label: 'Once' },
  { value: 'cron', label: 'Cron' },
  { value: 'rrule', label: 'Calendar rule' },
];

/** A month has at most 23. */
export const workingDays: readonly { readonly value: string; readonly label: string }[] = [
  { value: '-1', label: 'Last' },
  ...Array.from({ length: 23 }, (_, at) => ({ value: String(at + 1), label: String(at + 1) })),
];

const starts: Readonly<Record<ScheduleKind, Readonly<Record<string, unknown>>>> = {
  interval: { every: 15, unit: 'minutes' },
  hourly: { minute: 0 },
  daily: { times: ['09:00'] },
  weekly: { weekdays: [1, 2, 3, 4, 5], times: ['09:00'] },
  monthly: { day: 1, times: ['09:00'] },
  yearly: { month: 1, day: 1, times: ['09:00'] },
  once: { at: '' },
  cron: { expression: '30 9 * * 1-5' },
  rrule: { rrule: 'FREQ=WEEKLY;BYDAY=MO', dtstart: '' },
  manual: {},
};

/** What every kind can carry; it stays when the kind changes. */
const shared = new Set([
  'id',
  'name',
  'active',
  'priority',
  'timezone',
  'active_hours',
  'blackouts',
  'holidays',
  'working_weekdays',
  'calendars',
  'holiday_policy',
  'blackout_policy',
  'dst_gap',
  'not_before',
  'not_after',
  'jitter_seconds',
]);

/** A rhythm within the day has no date that could move, and no fixed time that clocks could skip. */
const rhythmic: ReadonlySet<ScheduleKind> = new Set(['interval', 'hourly']);
const dateOnly = new Set(['holiday_policy', 'dst_gap']);

/** What is said in words, and whether the rule of the draft is what they mean. */
interface Words {
  readonly text: string;
  readonly understood: boolean;
}

/** The words of a schedule that is being said in words; undefined in the form. */
export const wordsOf = (draft: ScheduleDraft): Words | undefined => draft['words'] as Words | undefined;

/** Why the rule of a draft is not what its words ask for; null when it is. */
export function wordsProblem(draft: ScheduleDraft): string | null {
  const words = wordsOf(draft);
  if (words === undefined || words.understood) return null;
  if (words.text.trim() === '') return 'Say when it runs, or go back to the form.';
  return `“${words.text.trim()}” is not understood yet. Say it otherwise, or go back to the form.`;
}

/** What is wrong with the times of day of a draft; null when nothing is. */
export function timesProblem(draft: ScheduleDraft): string | null {
  const times = (draft['times'] as readonly string[] | undefined) ?? [];
  const wrong = times.filter((time) => !/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(time));
  if (wrong.length === 0) return null;
  return `${wrong.map((time) => `“${time}”`).join(', ')}: no time of day. Write HH:MM, as 09:30.`;
}

/** A new rule of a kind; identity, zone and filters stay. */
export function withKind(draft: ScheduleDraft | null, kind: ScheduleKind): ScheduleDraft {
  const kept = Object.entries(draft ?? { timezone: browserZone() }).filter(
    ([key]) => shared.has(key) && !(rhythmic.has(kind) && dateOnly.has(key)),
  );
  return { ...Object.fromEntries(kept), ...starts[kind], kind };
}

/** A rule that was read from words or a crontab line; identity and what it does not speak of stay. */
export function withRule(draft: ScheduleDraft, rule: Readonly<Record<string, unknown>>): ScheduleDraft {
  const kept = Object.entries(draft).filter(([key]) => shared.has(key));
  return { ...Object.fromEntries(kept), ...rule } as unknown as ScheduleDraft;
}

/** Five or six cron fields, an alias, or a zone in front of them: worth asking the server about when it is pasted. */
export function looksLikeCrontab(text: string): boolean {
  const line = text
    .trim()
    .split('\n')
    .find((one) => one.trim() !== '' && !one.trim().startsWith('#') && !/^\w+=\S*$/.test(one.trim()));
  return /^(?:(?:CRON_)?TZ=\S+\s+)?(?:@[a-z]+\b|[\d*?][\d*?,/LW#-]*(?:\s+[\d*?A-Za-z][\w*?,/#-]*){4})/.test(
    line?.trim() ?? '',
  );
}

/** A saved schedule as it can be sent back: without what the server works out. */
export function draftOf({ description: _words, next_due_at: _next, ...rest }: Schedule): ScheduleDraft {
  return rest as unknown as ScheduleDraft;
}

/** Changes one field; `undefined` takes it away. */
export function withField(draft: ScheduleDraft, field: string, value: unknown): ScheduleDraft {
  const next = { ...draft, [field]: value };
  return Object.fromEntries(Object.entries(next).filter(([, one]) => one !== undefined)) as ScheduleDraft;
}

/** The draft as the contract names it; the server checks it. */
export const inputOf = ({ words: _words, ...draft }: ScheduleDraft): ScheduleInput => draft as unknown as ScheduleInput;
