/**
 * From a schedule as it is stored, which names calendars, to one that needs nothing else. The one place where it
 * happens: scheduler, preview, command line and pages all ask the instants of what comes out of here.
 */
import type { Calendar } from '../model/calendar.ts';
import { fromUuid, type Id } from '../model/id.ts';
import type { MaintenanceWindow } from '../model/maintenance.ts';
import type { ScheduleSpec } from '../model/schedule.ts';

/** The job a schedule belongs to: blackouts may count for all jobs, a tag or a job. */
export interface Holder {
  /** Null for a job that is not saved yet. */
  readonly jobId: Id | null;
  readonly tags: readonly string[];
}

export const nobody: Holder = { jobId: null, tags: [] };

/** Numbers of the calendars that a schedule names itself. */
export function calendarIds(spec: Pick<ScheduleSpec, 'calendars'>): readonly Id[] {
  return [...new Set((spec.calendars ?? []).flatMap((uuid) => fromUuid(uuid)?.id ?? []))];
}

/** Does a calendar count for the holder's schedules without being attached? */
export function reaches({ content }: Calendar, { jobId, tags }: Holder): boolean {
  if (content.kind !== 'blackout') return false;
  const { scope } = content;
  if (scope.kind === 'tags') return scope.tags.some((tag) => tags.includes(tag));
  if (scope.kind === 'jobs') return jobId !== null && scope.jobs.includes(jobId);
  return scope.kind === 'all';
}

/** Does a window of maintenance hold the holder's schedules? */
export function holds({ scope }: Pick<MaintenanceWindow, 'scope'>, { jobId, tags }: Holder): boolean {
  if (scope.kind === 'tags') return scope.tags.some((tag) => tags.includes(tag));
  if (scope.kind === 'jobs') return jobId !== null && scope.jobs.includes(jobId);
  return true;
}

/** The schedule with the calendars and the maintenance that count for it, out of those that are offered. Pure. */
export function resolveSpec(
  spec: ScheduleSpec,
  calendars: readonly Calendar[],
  holder: Holder,
  windows: readonly MaintenanceWindow[] = [],
): ScheduleSpec {
  const named = new Set(calendarIds(spec));
  const resolved = calendars
    .filter((calendar) => named.has(calendar.id) || reaches(calendar, holder))
    .toSorted((a, b) => a.id - b.id);
  const maintenance = windows.filter((window) => holds(window, holder));
  if (resolved.length === 0 && maintenance.length === 0) return writtenSpec(spec);
  return {
    ...writtenSpec(spec),
    ...(resolved.length === 0 ? {} : { resolved }),
    ...(maintenance.length === 0 ? {} : { maintenance }),
  };
}

/** The schedule as it is stored and compared. */
export function writtenSpec(spec: ScheduleSpec): ScheduleSpec {
  if (spec.resolved === undefined && spec.maintenance === undefined) return spec;
  const { resolved: _, maintenance: __, ...written } = spec;
  return written;
}
