/** What a schedule will do, before it is saved: the scheduler's own instants, with a note wherever one needs it. */
import { JobTriggerError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { clockChanges, type ClockChange } from './clock-changes.ts';
import { counted } from './date-words.ts';
import { describe } from './describe.ts';
import { closureAt, type FilterReason } from './filters.ts';
import { dropSentence } from './closure-words.ts';
import { deferNotes, rollNotes } from './closure-notes.ts';
import { clockNotes, endNote, monthNotes, windowEnd, type Note } from './notes.ts';
import { iterate, occurrencesOf, type Due } from './occurrences.ts';
import { ruleOf, type CompiledRule } from './rule.ts';
import { horizonWarnings, ruleWarnings } from './warnings.ts';
import { localText } from './zone.ts';

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
/** What the schedule would have done in the week that has passed. */
export interface PastCheck {
  readonly from: Instant;
  readonly to: Instant;
  readonly count: number;
  readonly sentence: string;
}
export interface SchedulePreview {
  readonly items: readonly PreviewItem[];
  readonly skipped: readonly SkippedSpan[];
  readonly description: string;
  readonly warnings: readonly Note[];
  /** Of the year after `from`. */
  readonly clockChanges: readonly ClockChange[];
  readonly past: PastCheck;
}

export interface PreviewSpan {
  readonly from: Instant;
  readonly to?: Instant;
  /** The most items; 10 when absent. */
  readonly count?: number;
}

/** A preview walks through what filters drop; this bounds the walk. */
const mostDropped = 20_000;
const weekMs = 7 * 86_400_000;
/** Counting the week that has passed stops here. */
const mostPast = 20_000;

/** Counts by the schedule as it is written: one that starts with its saving has no past of its own, but a rhythm. */
function pastCheck(spec: ScheduleSpec, now: Instant): PastCheck {
  const span = { from: now - weekMs, to: now };
  const { length } = occurrencesOf(spec, { after: span.from, until: span.to, limit: mostPast + 1 });
  const count = Math.min(length, mostPast);
  const times = length > mostPast ? `more than ${counted(mostPast, 'time')}` : counted(count, 'time');
  return { ...span, count, sentence: `In the last 7 days this would have run ${times}.` };
}

type Walk = Pick<SchedulePreview, 'items' | 'skipped'>;

function notesOf(spec: ScheduleSpec, rule: CompiledRule, previous: Instant, due: Due): Note[] {
  return [
    ...clockNotes(rule, previous, due.at),
    ...monthNotes(spec, rule, due.at),
    ...rollNotes(spec, rule, due.at),
    ...deferNotes(spec, due),
  ];
}

function walk(spec: ScheduleSpec, { from, to = Infinity, count = 10 }: PreviewSpan): Walk {
  const rule = ruleOf(spec);
  const items: { at: Instant; local: string; notes: Note[] }[] = [];
  const skipped: { from: Instant; to: Instant; count: number; reason: FilterReason; sentence: string }[] = [];
  let dropped = 0;
  let previous = from;
  for (const due of iterate(spec, from)) {
    const item = items.at(-1);
    if (due.dropped === 'active_hours' && item !== undefined && item.at === previous) item.notes.push(windowEnd);
    if (due.at > to || items.length >= count || dropped >= mostDropped) return { items, skipped };
    if (due.dropped === null) {
      items.push({ at: due.at, local: localText(due.at, spec.timezone), notes: notesOf(spec, rule, previous, due) });
    } else {
      dropped += 1;
      const sentence = dropSentence(due.dropped, closureAt(spec, due.at), spec.timezone);
      const last = skipped.at(-1);
      if (last?.sentence === sentence && last.reason === due.dropped && (item?.at ?? -Infinity) < last.from)
        Object.assign(last, { to: due.at, count: last.count + 1 });
      else skipped.push({ from: due.at, to: due.at, count: 1, reason: due.dropped, sentence });
    }
    previous = due.at;
  }
  items.at(-1)?.notes.push(endNote(spec));
  return { items, skipped };
}

/** Coming instants of a valid schedule after `from`, with what its filters drop between them. Reads no clock. */
export function previewSchedule(spec: ScheduleSpec, span: PreviewSpan): SchedulePreview {
  if (span.to !== undefined && span.to <= span.from)
    throw new JobTriggerError('invalid', 'to: must be after from', {
      fields: [{ path: 'to', message: 'must be after from' }],
    });
  const { items, skipped } = walk(spec, span);
  const changes = clockChanges(spec, span.from);
  const change = changes[0];
  const warnings = ruleWarnings(
    spec,
    items.map(({ at }) => at),
  );
  warnings.push(...horizonWarnings(spec, items.at(-1)?.local));
  if (change !== undefined) warnings.push({ code: 'clock_change', sentence: `${change.sentence} ${change.effect}` });
  return {
    items,
    skipped,
    description: describe(spec),
    warnings,
    clockChanges: changes,
    past: pastCheck(spec, span.from),
  };
}
