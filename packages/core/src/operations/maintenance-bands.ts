/** The stretches of an axis in which maintenance holds jobs back. */
import type { Id } from '../model/id.ts';
import { endOfWindow, type MaintenanceWindow } from '../model/maintenance.ts';
import type { Store } from '../store/store.ts';
import type { TimelineJob, TimeSpan } from '../store/timeline-table.ts';

export interface MaintenanceBand extends TimeSpan {
  /** Null for all jobs. */
  readonly job: TimelineJob | null;
  /** What people are told; null for nothing. */
  readonly reason: string | null;
}

/** More windows than these are not drawn. */
const mostWindows = 100;

/** Windows in the span, those of everything first, then those of each of the jobs. One without an end reaches to the end of the span. */
export async function maintenanceBandsOf(
  maintenance: Pick<Store['maintenance'], 'list' | 'reachedBy'>,
  jobs: readonly TimelineJob[],
  span: TimeSpan,
): Promise<MaintenanceBand[]> {
  const windows = (await maintenance.list(mostWindows)).filter(
    (window) => window.from < span.to && endOfWindow(window) > Math.max(window.from, span.from),
  );
  const bands: MaintenanceBand[] = [];
  for (const window of windows) {
    const band = { from: window.from, to: Math.min(endOfWindow(window), span.to), reason: window.reason };
    if (window.scope.kind === 'all') bands.push({ ...band, job: null });
    else bands.push(...(await reached(maintenance, window, jobs)).map((job) => ({ ...band, job })));
  }
  return bands.toSorted((a, b) => Number(a.job !== null) - Number(b.job !== null) || a.from - b.from);
}

async function reached(
  maintenance: Pick<Store['maintenance'], 'reachedBy'>,
  { scope }: MaintenanceWindow,
  jobs: readonly TimelineJob[],
): Promise<readonly TimelineJob[]> {
  const ids: ReadonlySet<Id> = new Set((await maintenance.reachedBy([scope])).map(({ jobId }) => jobId));
  return jobs.filter(({ id }) => ids.has(id));
}
