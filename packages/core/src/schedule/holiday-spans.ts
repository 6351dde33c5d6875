/** Closed days as stretches of time. */
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { dayMs, dayOf } from './civil.ts';
import { begins } from './opening.ts';
import { workingDaysOf } from './working-days.ts';
import { zoneOf } from './zone.ts';

export interface HolidaySpan {
  readonly from: Instant;
  readonly to: Instant;
  /** Of the entry; null for a bare date of the schedule itself. */
  readonly name: string | null;
  readonly calendar: string | null;
}

/**
 * The stretches of [from, to) that the holidays of a schedule close, on its wall clock and in the order of time; days
 * that follow each other stay apart. At most `limit`, whole at both ends.
 */
export function holidaySpans(
  spec: ScheduleSpec,
  { from, to, limit }: { readonly from: Instant; readonly to: Instant; readonly limit: number },
): readonly HolidaySpan[] {
  const days = workingDaysOf(spec);
  const zone = zoneOf(spec.timezone);
  const spans: HolidaySpan[] = [];
  if (days.isEmpty) return spans;
  const last = dayOf(zone.toLocal(to - 1));
  for (let day = dayOf(zone.toLocal(from)); day <= last && spans.length < limit; day += 1) {
    const closing = days.closing(day);
    if (closing === null) continue;
    const span = { from: begins(zone, day * dayMs + closing.from), to: begins(zone, (day + 1) * dayMs) };
    if (span.from < to && span.to > from) spans.push({ ...span, name: closing.name, calendar: closing.calendar });
  }
  return spans;
}
