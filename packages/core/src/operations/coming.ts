/** What is to come of schedules: one by one where it can be told so, else counted. Pure. */
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Schedule, ScheduleSpec } from '../model/schedule.ts';
import { aheadOf, countAhead, type Ahead } from '../policy/timeline.ts';
import type { FilterReason } from '../schedule/filters.ts';
import type { ScheduleInForce, TimelineJob, TimeSpan } from '../store/timeline-table.ts';

/** A coming instant of a job; schedules that name the same one make one run. */
export interface ComingMark {
  readonly job: TimelineJob;
  readonly at: Instant;
  /** What holds it back. */
  readonly dropped: FilterReason | null;
}

/** Instants walked through for one answer. */
export const walkBudget = 1_000_000;
/** Schedules read for one answer. */
export const mostInForce = 10_000;
const longestMs = 10 * 366 * 86_400_000;

/** @throws `invalid` when the span is empty or longer than ten years */
export function checkSpan({ from, to }: TimeSpan): void {
  const message =
    to <= from ? 'must be after from' : to - from > longestMs ? 'is more than ten years after from' : null;
  if (message !== null) throw new JobTriggerError('invalid', `to: ${message}`, { fields: [{ path: 'to', message }] });
}

/** Where the ledger ends and the future of a schedule begins. */
export const beginOf = (cursorAt: Instant, from: Instant): Instant => Math.max(cursorAt, from - 1);

/** Coming instants one by one, or null when there are more than can be drawn. */
export function comingMarks(
  inForce: readonly ScheduleInForce[],
  { from, to }: TimeSpan,
  most: number,
): ComingMark[] | null {
  const byJob = new Map<Id, { job: TimelineJob; instants: Map<Instant, Ahead> }>();
  let left = most;
  for (const one of inForce) {
    const ahead = aheadOf(one.schedule.spec, {
      after: beginOf(one.schedule.cursorAt, from),
      until: to - 1,
      limit: left,
    });
    if (ahead === null) return null;
    left -= ahead.length;
    const known = byJob.get(one.job.id) ?? { job: one.job, instants: new Map<Instant, Ahead>() };
    for (const due of ahead) if (known.instants.get(due.at)?.dropped !== null) known.instants.set(due.at, due);
    byJob.set(one.job.id, known);
  }
  const marks = [...byJob.values()].flatMap(({ job, instants }) =>
    [...instants.values()].map(({ at, dropped }) => ({ job, at, dropped })),
  );
  return marks.sort((a, b) => a.at - b.at || a.job.id - b.job.id);
}

/** Whose rule it is: a job, or how many of them. */
export interface Ruled<Of> extends Pick<Schedule, 'cursorAt' | 'spec'> {
  readonly of: Of;
}

/**
 * Counts the coming instants of each schedule by stretches, within one budget for all. Schedules that share a rule, as most
 * of many do, are walked once.
 *
 * @param visit told of each rule how many instants it has in a stretch, for each of those whose it is; a job with several schedules of it is there as often
 * @returns whether the budget was enough
 */
export function countComing<Of>(
  inForce: readonly Ruled<Of>[],
  span: TimeSpan,
  width: Millis,
  visit: (of: readonly Of[], stretch: number, kind: 'due' | 'skipped', count: number) => void,
): { readonly estimated: boolean } {
  let estimated = false;
  let left = walkBudget;
  const alike = [...alikeOf(inForce, span.from).values()];
  alike.forEach(({ spec, after, of }, place) => {
    const budget = Math.max(1, Math.floor(left / (alike.length - place)));
    const counts = countAhead(spec, { from: span.from, after, until: span.to - 1 }, { width, budget });
    estimated ||= counts.estimated;
    left -= counts.walked;
    for (const [stretch, count] of counts.due) visit(of, stretch, 'due', count);
    for (const [stretch, count] of counts.dropped) visit(of, stretch, 'skipped', count);
  });
  return { estimated };
}

interface Alike<Of> {
  readonly spec: ScheduleSpec;
  readonly after: Instant;
  readonly of: Of[];
}

/** Schedules whose future is the same: one rule, read once, and one instant where it begins. */
function alikeOf<Of>(inForce: readonly Ruled<Of>[], from: Instant): ReadonlyMap<string, Alike<Of>> {
  const numbers = new Map<ScheduleSpec, number>();
  const alike = new Map<string, Alike<Of>>();
  for (const { spec, cursorAt, of } of inForce) {
    const number = numbers.get(spec) ?? numbers.size;
    numbers.set(spec, number);
    const after = beginOf(cursorAt, from);
    const key = `${number} ${after}`;
    const known = alike.get(key) ?? { spec, after, of: [] };
    known.of.push(of);
    alike.set(key, known);
  }
  return alike;
}
