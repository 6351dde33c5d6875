/** What closes the present moment for a job. */
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { endOfWindow, maintenanceState, type MaintenanceWindow } from '../model/maintenance.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { closedAt, type Closed } from '../schedule/opening.ts';
import { holds, resolveSpec } from '../schedule/resolve.ts';
import type { Tables } from '../store/store.ts';

/** A rule without filters: what only the blackouts of a scope can close. */
const anyTime: ScheduleSpec = { kind: 'hourly', minute: 0, timezone: 'UTC' };

/**
 * What closes a moment for a job. It is open when one of its schedules lets it through; a job without any knows only
 * the blackouts that count for it unasked.
 */
export async function closingOf(tables: Tables, job: Job, at: Instant): Promise<Closed['reason'] | null> {
  const active = (await tables.schedules.ofJob(job.id)).filter((schedule) => schedule.active);
  if (active.length === 0) return closedWithout(await tables.calendars.inForce([]), job, at);
  const closings = active.map(({ spec }) => closedAt(spec, at)?.reason ?? null);
  return closings.includes(null) ? null : (closings[0] ?? null);
}

/** For a job without an active schedule. */
function closedWithout(
  calendars: Awaited<ReturnType<Tables['calendars']['inForce']>>,
  { id: jobId, definition: { tags } }: Job,
  at: Instant,
): Closed['reason'] | null {
  return closedAt(resolveSpec(anyTime, calendars, { jobId, tags }), at)?.reason ?? null;
}

/** The window that holds a job at `now`; of several the one that ends last. */
export async function maintenanceOf(
  { maintenance }: Pick<Tables, 'maintenance'>,
  job: HeldJob,
  now: Instant,
): Promise<MaintenanceWindow | null> {
  return windowOf(await maintenance.unsettled(), job, now);
}

type HeldJob = Pick<Job, 'id'> & { readonly definition: Pick<Job['definition'], 'tags'> };

function windowOf(windows: readonly MaintenanceWindow[], job: HeldJob, now: Instant): MaintenanceWindow | null {
  const holder = { jobId: job.id, tags: job.definition.tags };
  const here = windows.filter((window) => maintenanceState(window, now) === 'active' && holds(window, holder));
  return here.toSorted((a, b) => endOfWindow(b) - endOfWindow(a))[0] ?? null;
}

/** What closes the moment for jobs without schedules, one after the other: calendars and windows are read once. */
export interface Closings {
  closed(job: Job, at: Instant): Promise<Closed['reason'] | null>;
  window(job: Job, now: Instant): Promise<MaintenanceWindow | null>;
}

export function closings({ calendars, maintenance }: Pick<Tables, 'calendars' | 'maintenance'>): Closings {
  let inForce: ReturnType<typeof calendars.inForce> | null = null;
  let unsettled: ReturnType<typeof maintenance.unsettled> | null = null;
  return {
    async closed(job, at) {
      inForce ??= calendars.inForce([]);
      return closedWithout(await inForce, job, at);
    },
    async window(job, now) {
      unsettled ??= maintenance.unsettled();
      return windowOf(await unsettled, job, now);
    },
  };
}
