/** What a schedule will do, before it is saved: the scheduler's own instants, with a note wherever one needs it. */
import { JobTriggerError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { civilFromDays, dayOf, localDateTimeText, timeOf } from './civil.ts';
import { parseCron } from './cron-parse.ts';
import { describe } from './describe.ts';
import { closureName, dropSentence } from './closure-words.ts';
import { closureAt, holidayAt, type FilterReason } from './filters.ts';
import { iterate, type Due } from './occurrences.ts';
import { ruleOf, type CompiledRule } from './rule.ts';
import { localText, offsetText, zoneOf } from './zone.ts';

export interface Note {
  readonly code: string;
  readonly sentence: string;
}
export interface PreviewItem {
  readonly at: Instant;
  /** On the schedule's wall clock, with its offset. */
  readonly local: string;
  readonly notes: readonly Note[];
}
/** Instants in a row that one filter, and one entry of a calendar, dropped. */
export interface SkippedSpan {
  readonly from: Instant;
  readonly to: Instant;
  readonly count: number;
  readonly reason: FilterReason;
  readonly sentence: string;
}
export interface SchedulePreview {
  readonly items: readonly PreviewItem[];
  readonly skipped: readonly SkippedSpan[];
  readonly description: string;
  readonly warnings: readonly Note[];
}

export interface PreviewSpan {
  readonly from: Instant;
  readonly to?: Instant;
  /** The most items; 10 when absent. */
  readonly count?: number;
}

/** A preview walks through what filters drop; this bounds the walk. */
const mostDropped = 20_000;

const clock = (local: number): string => localDateTimeText(local).slice(11, 16);

function clockNotes(rule: CompiledRule, at: Instant): Note[] {
  const segment = rule.zone.segmentAt(at);
  const named = rule.namedReading(at);
  if (named !== null)
    return [
      {
        code: 'moved',
        sentence: `${clock(named)} does not exist on this day: clocks go forward, so it runs at ${clock(at + segment.offset)}.`,
      },
    ];
  const { instants } = rule.zone.resolve(at + segment.offset);
  if (instants.length < 2) return [];
  if (rule.class === 'recurring' || rule.class === 'elapsed') {
    return [
      {
        code: 'repeated',
        sentence: `${clock(at + segment.offset)} is shown twice on this day: clocks go back. This is the ${instants[0] === at ? 'first' : 'second'}.`,
      },
    ];
  }
  return [
    {
      code: 'first_of_two',
      sentence: `${clock(at + segment.offset)} is shown twice on this day: clocks go back. It runs at the first.`,
    },
  ];
}

function monthNotes(spec: ScheduleSpec, local: number): Note[] {
  if ((spec.kind !== 'monthly' && spec.kind !== 'yearly') || !('day' in spec) || typeof spec.day !== 'number')
    return [];
  const { day } = civilFromDays(dayOf(local));
  return day < spec.day
    ? [{ code: 'short_month', sentence: `This month has no day ${spec.day}: it runs on the last day.` }]
    : [];
}

/** Where a holiday moved it from. */
function rollNotes(spec: ScheduleSpec, rule: CompiledRule, at: Instant): Note[] {
  return rule.rolledTo(at).map((reading) => {
    const holiday = holidayAt(spec, reading);
    const name = holiday === null ? null : closureName(holiday);
    const day = localDateTimeText(reading).slice(0, 10);
    return {
      code: 'rolled',
      sentence: `Moved from ${day}: holiday${name === null || name === day ? '' : ` ${name}`}.`,
    };
  });
}

function deferNotes(spec: ScheduleSpec, { at, deferredTo }: Due): Note[] {
  if (deferredTo === null) return [];
  const closure = closureAt(spec, at);
  const name = closure === null ? null : closureName(closure);
  const until = localText(deferredTo, spec.timezone);
  return [{ code: 'deferred', sentence: `Starts at ${until}: blackout${name === null ? '' : ` ${name}`}.` }];
}

function notesOf(spec: ScheduleSpec, rule: CompiledRule, due: Due): readonly Note[] {
  const { at } = due;
  return [
    ...clockNotes(rule, at),
    ...monthNotes(spec, rule.zone.toLocal(at)),
    ...rollNotes(spec, rule, at),
    ...deferNotes(spec, due),
  ];
}

/** The next change of the clocks within a year after an instant. */
function clockChange(spec: ScheduleSpec, from: Instant, rule: CompiledRule): Note | null {
  const zone = zoneOf(spec.timezone);
  const segment = zone.segmentAt(from);
  if (segment.until > from + 366 * 86_400_000) return null;
  const next = zone.segmentAt(segment.until);
  const date = localDateTimeText(segment.until + next.offset).slice(0, 10);
  const effect = {
    fixed: 'A skipped time runs at the end of the gap, a repeated one once.',
    recurring: 'It follows real time: a repeated hour is run through twice, a skipped one has nothing to run.',
    elapsed: 'It counts elapsed time and is not affected.',
    calendar: 'A skipped time is read with the offset before the gap, a repeated one runs once.',
  }[rule.class];
  return {
    code: 'clock_change',
    sentence: `Clocks change on ${date}, from ${offsetText(segment.offset)} to ${offsetText(next.offset)}. ${effect}`,
  };
}

function ruleWarnings(spec: ScheduleSpec): Note[] {
  if (spec.kind !== 'cron') return [];
  const fields = parseCron(spec.expression);
  if (fields.bothDays || fields.days.size + fields.daySpecials.length === 0) return [];
  return [
    {
      code: 'either_day',
      sentence: `Day of month '${fields.text.days}' and day of week '${fields.text.weekdays}' are both given: either is enough.`,
    },
  ];
}

/** A set of national holidays ends with the years it was taken over for: later instants are not checked against it. */
function horizonWarnings(spec: ScheduleSpec, items: readonly PreviewItem[]): Note[] {
  const last = Number(items.at(-1)?.local.slice(0, 4) ?? 0);
  return (spec.resolved ?? []).flatMap(({ name, source }) =>
    source?.kind === 'country' && last > source.toYear
      ? [{ code: 'calendar_ends', sentence: `The calendar “${name}” knows no holidays after ${source.toYear}.` }]
      : [],
  );
}

function warningsOf(
  spec: ScheduleSpec,
  rule: CompiledRule,
  items: readonly PreviewItem[],
  from: Instant,
): readonly Note[] {
  const warnings = ruleWarnings(spec);
  const [first, second] = items;
  if (first !== undefined && second !== undefined && second.at - first.at <= 1000)
    warnings.push({ code: 'every_second', sentence: 'This runs each second.' });
  if (items.length === 0) warnings.push({ code: 'no_instants', sentence: 'No instant in this span.' });
  warnings.push(...horizonWarnings(spec, items));
  const change = clockChange(spec, from, rule);
  return change === null ? warnings : [...warnings, change];
}

/** Coming instants of a valid schedule after `from`, with what its filters drop between them. Reads no clock. */
export function previewSchedule(spec: ScheduleSpec, { from, to = Infinity, count = 10 }: PreviewSpan): SchedulePreview {
  if (to <= from)
    throw new JobTriggerError('invalid', 'to: must be after from', {
      fields: [{ path: 'to', message: 'must be after from' }],
    });
  const rule = ruleOf(spec);
  const items: PreviewItem[] = [];
  const skipped: { from: Instant; to: Instant; count: number; reason: FilterReason; sentence: string }[] = [];
  let dropped = 0;
  for (const due of iterate(spec, from)) {
    if (due.at > to || items.length >= count || dropped >= mostDropped) break;
    if (due.dropped === null) {
      items.push({ at: due.at, local: localText(due.at, spec.timezone), notes: notesOf(spec, rule, due) });
      continue;
    }
    dropped += 1;
    const last = skipped.at(-1);
    const sentence = dropSentence(due.dropped, closureAt(spec, due.at), spec.timezone);
    const isFollowing = (items.at(-1)?.at ?? -Infinity) < (last?.from ?? Infinity);
    if (last !== undefined && last.reason === due.dropped && last.sentence === sentence && isFollowing)
      Object.assign(last, { to: due.at, count: last.count + 1 });
    else skipped.push({ from: due.at, to: due.at, count: 1, reason: due.dropped, sentence });
  }
  return { items, skipped, description: describe(spec), warnings: warningsOf(spec, rule, items, from) };
}

/** The difference that replacing one schedule set by another makes in a span: instants that go, come, or move on their day. */
export function differenceBetween(
  before: readonly Instant[],
  after: readonly Instant[],
  zone: string,
): {
  readonly added: readonly Instant[];
  readonly removed: readonly Instant[];
  readonly moved: readonly { from: Instant; to: Instant }[];
} {
  const [old, fresh] = [new Set(before), new Set(after)];
  const removed = before.filter((at) => !fresh.has(at));
  const added = after.filter((at) => !old.has(at));
  const place = zoneOf(zone);
  const day = (at: Instant): number => dayOf(place.toLocal(at));
  const moved: { from: Instant; to: Instant }[] = [];
  for (const from of removed) {
    const sameDay = added.filter((at) => day(at) === day(from) && !moved.some((move) => move.to === at));
    const alone = removed.filter((at) => day(at) === day(from)).length === sameDay.length;
    const to = sameDay.sort((a, b) => Math.abs(timeOf(a) - timeOf(from)) - Math.abs(timeOf(b) - timeOf(from)))[0];
    if (to !== undefined && alone) moved.push({ from, to });
  }
  const gone = new Set(moved.map((move) => move.from));
  const come = new Set(moved.map((move) => move.to));
  return { added: added.filter((at) => !come.has(at)), removed: removed.filter((at) => !gone.has(at)), moved };
}
