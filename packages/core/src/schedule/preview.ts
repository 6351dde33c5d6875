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

interface PreviewItem {
  readonly at: Instant;
  /** On the schedule's wall clock, with its offset. */
  readonly local: string;
  readonly notes: readonly Note[];
}
/** Instants in a row that one filter, and one entry of a calendar, dropped. */
interface SkippedSpan {
  readonly from: Instant;
  readonly to: Instant;
  readonly count: number;
  readonly reason: FilterReason;
  readonly sentence: string;
}
/** What the schedule would have done in the week that has passed. */
interface PastCheck {
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

/** Fills with what a walk meets, instant by instant. */
class Walker {
  readonly items: { readonly at: Instant; readonly local: string; readonly notes: Note[] }[] = [];
  readonly skipped: SkippedSpan[] = [];
  readonly #spec: ScheduleSpec;
  readonly #rule: CompiledRule;
  #dropped = 0;
  #previous: Instant;

  constructor(spec: ScheduleSpec, from: Instant) {
    this.#spec = spec;
    this.#rule = ruleOf(spec);
    this.#previous = from;
  }

  isFull(count: number): boolean {
    return this.items.length >= count || this.#dropped >= mostDropped;
  }

  /** Said of the item before it, also when nothing more is taken. */
  closeWindow({ dropped }: Due): void {
    const item = this.items.at(-1);
    if (dropped === 'active_hours' && item !== undefined && item.at === this.#previous) item.notes.push(windowEnd);
  }

  take(due: Due): void {
    const { at, dropped } = due;
    if (dropped === null) {
      const notes = notesOf(this.#spec, this.#rule, this.#previous, due);
      this.items.push({ at, local: localText(at, this.#spec.timezone), notes });
    } else this.#skip(at, dropped);
    this.#previous = at;
  }

  /** Instants without an item between them are one span, as long as the same thing drops them. */
  #skip(at: Instant, reason: FilterReason): void {
    this.#dropped += 1;
    const sentence = dropSentence(reason, closureAt(this.#spec, at), this.#spec.timezone);
    const last = this.skipped.at(-1);
    const isNext = last !== undefined && (this.items.at(-1)?.at ?? -Infinity) < last.from;
    if (isNext && last.sentence === sentence && last.reason === reason)
      this.skipped.splice(-1, 1, { ...last, to: at, count: last.count + 1 });
    else this.skipped.push({ from: at, to: at, count: 1, reason, sentence });
  }
}

function walk(spec: ScheduleSpec, { from, to = Infinity, count = 10 }: PreviewSpan): Walk {
  const walker = new Walker(spec, from);
  for (const due of iterate(spec, from)) {
    walker.closeWindow(due);
    if (due.at > to || walker.isFull(count)) return walker;
    walker.take(due);
  }
  walker.items.at(-1)?.notes.push(endNote(spec));
  return walker;
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
