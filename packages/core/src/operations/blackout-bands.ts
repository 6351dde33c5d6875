/** The stretches of an axis in which blackouts hold runs back. */
import type { Calendar } from '../model/calendar.ts';
import { windowsIn } from '../schedule/blackouts.ts';
import type { Store } from '../store/store.ts';
import type { ScheduleInForce, TimelineJob, TimeSpan } from '../store/timeline-table.ts';

export interface BlackoutBand extends TimeSpan {
  /** Null for all jobs. */
  readonly job: TimelineJob | null;
  /** Of the calendar and its window; null for a bare range of the schedule. */
  readonly name: string | null;
}

/** More than these are not drawn. */
const mostBands = 500;

const isForAll = ({ content }: Calendar): boolean => content.kind === 'blackout' && content.scope.kind === 'all';

/** A calendar's windows in the span, named after the calendar and, where it differs, the window. */
function bandsOf({ content, name }: Calendar, job: TimelineJob | null, span: TimeSpan): readonly BlackoutBand[] {
  if (content.kind !== 'blackout') return [];
  return windowsIn(content, { ...span, limit: mostBands }).map((window) => ({
    job,
    from: window.from,
    to: window.to,
    name: window.name === '' || window.name === name ? name : `${name}: ${window.name}`,
  }));
}

/** Windows without runs: the schedules' own ranges, and those of the calendars that count for them or for all jobs. */
export async function blackoutsOf(
  calendars: Pick<Store['calendars'], 'inForce'>,
  inForce: readonly ScheduleInForce[],
  span: TimeSpan,
): Promise<BlackoutBand[]> {
  const forAll = (await calendars.inForce([])).filter(isForAll);
  const bands = forAll.flatMap((calendar) => bandsOf(calendar, null, span));
  const seen = new Set<string>();
  for (const { job, schedule } of inForce) {
    if (bands.length >= mostBands) break;
    const own = (schedule.spec.blackouts ?? []).filter(({ from, to }) => from < span.to && to > span.from);
    bands.push(...own.map(({ from, to }) => ({ job, from, to, name: null })));
    for (const calendar of schedule.spec.resolved ?? []) {
      const key = `${job.id} ${calendar.id}`;
      if (isForAll(calendar) || seen.has(key)) continue;
      seen.add(key);
      bands.push(...bandsOf(calendar, job, span));
    }
  }
  return bands.slice(0, mostBands);
}
