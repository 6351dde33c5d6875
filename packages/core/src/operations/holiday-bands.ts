/** The stretches of an axis that holidays close for a job. */
import { holidaySpans } from '../schedule/holiday-spans.ts';
import type { ScheduleInForce, TimelineJob, TimeSpan } from '../store/timeline-table.ts';

export interface HolidayBand extends TimeSpan {
  readonly job: TimelineJob;
  /** Of the calendar and its day; null for a bare date of the schedule. */
  readonly name: string | null;
}

/** More than these are not drawn. */
const mostBands = 500;
/** A day is too narrow to be drawn on a longer axis. */
const longestMs = 100 * 86_400_000;

/** What closes the schedules in force, each stretch of a job once. */
export function holidaysOf(inForce: readonly ScheduleInForce[], span: TimeSpan): HolidayBand[] {
  if (span.to - span.from > longestMs) return [];
  const bands = new Map<string, HolidayBand>();
  for (const { job, schedule } of inForce) {
    const limit = mostBands - bands.size;
    if (limit <= 0) break;
    for (const { from, to, name, calendar } of holidaySpans(schedule.spec, { ...span, limit })) {
      const whole = calendar === null || name === null ? (name ?? calendar) : `${calendar}: ${name}`;
      bands.set(`${job.id} ${from} ${to} ${whole}`, { job, from, to, name: whole });
    }
  }
  return [...bands.values()];
}
