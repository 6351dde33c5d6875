/** The clock changes ahead of a schedule, and what each does to it. */
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { clockWords, dayWords } from './date-words.ts';
import { clockNotes, type Note } from './notes.ts';
import { filteredBy } from './filters.ts';
import { nextOf, nextPlanOf } from './occurrences.ts';
import { ruleOf } from './rule.ts';
import { offsetText, zoneOf } from './zone.ts';

export interface ClockChange {
  readonly at: Instant;
  /** Local minus UTC on either side, milliseconds. */
  readonly before: number;
  readonly after: number;
  /** "Clocks go forward by 1 h on 29 March 2026 at 02:00, from +01:00 to +02:00." */
  readonly sentence: string;
  /** What becomes of this schedule's runs on that day. */
  readonly effect: string;
}

const dayMs = 86_400_000;
/** Runs looked at around one change: enough for a run each 10 s in a repeated hour. */
const mostLookedAt = 800;

function amountWords(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** Of a schedule that leaves out what the clocks skip: the time that this change swallows. */
function skippedInGap(spec: ScheduleSpec, at: Instant): string | null {
  if (nextPlanOf(spec, at - 1) !== at || filteredBy(spec, at) !== 'dst_gap') return null;
  const named = ruleOf(spec).namedReading(at);
  const which = named === null ? 'Its time' : clockWords(named);
  return `${which} does not exist on this day: clocks go forward. The run is skipped, as the schedule asks.`;
}

function effectOn(spec: ScheduleSpec, change: { at: Instant; before: number; after: number }): string {
  const rule = ruleOf(spec);
  const shift = Math.abs(change.after - change.before);
  const notes: Note[] = [];
  let previous = change.at - shift - 1;
  for (let looked = 0; looked < mostLookedAt; looked += 1) {
    const at = nextOf(spec, previous);
    if (at === null) break;
    const found = clockNotes(rule, previous, at);
    if (at > change.at + shift && found.length === 0) break;
    notes.push(...found);
    previous = at;
  }
  const [first] = notes;
  if (first === undefined)
    return (
      skippedInGap(spec, change.at) ??
      (rule.class === 'elapsed' ? 'Elapsed time is not affected.' : 'No run of this schedule is touched.')
    );
  const doubled = notes.filter(({ code }) => code === 'repeated').length;
  return doubled > 1
    ? `${doubled} runs fall into the time that is shown twice; each is a run of its own.`
    : first.sentence;
}

/** Changes of the offset of the schedule's zone in (from, from + a year], at most eight. */
export function clockChanges(spec: ScheduleSpec, from: Instant): readonly ClockChange[] {
  const zone = zoneOf(spec.timezone);
  const changes: ClockChange[] = [];
  for (let segment = zone.segmentAt(from); segment.until <= from + 366 * dayMs && changes.length < 8;) {
    const next = zone.segmentAt(segment.until);
    const change = { at: segment.until, before: segment.offset, after: next.offset };
    const local = change.at + change.before;
    const way = change.after > change.before ? 'forward' : 'back';
    if (change.after !== change.before)
      changes.push({
        ...change,
        sentence: `Clocks go ${way} by ${amountWords(change.after - change.before)} on ${dayWords(local, true)} at ${clockWords(local)}, from ${offsetText(change.before)} to ${offsetText(change.after)}.`,
        effect: effectOn(spec, change),
      });
    segment = next;
  }
  return changes;
}
