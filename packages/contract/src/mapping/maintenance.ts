/** Maintenance in and out: names and units of the wire become core's, and back. */
import {
  endOfWindow,
  formatInstant,
  fromUuid,
  invalidField,
  toUuid,
  type Job,
  type MaintenanceChange,
  type MaintenanceCost as CoreCost,
  type MaintenanceInput as CoreInput,
  type MaintenanceScope as CoreScope,
  type MaintenanceView,
} from 'job-trigger-core';
import type {
  Maintenance,
  MaintenanceCost,
  MaintenanceInput,
  MaintenancePatch,
  MaintenanceScope,
} from '../shapes/maintenance.ts';
import { instantToCore } from './job-in.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** An instant that may be cleared. */
function given(text: string | null | undefined, path: string): number | null {
  return text === null || text === undefined ? null : instantToCore(text, path);
}

function scopeToCore(scope: MaintenanceScope): CoreScope {
  if (scope.kind !== 'jobs') return scope;
  return {
    kind: 'jobs',
    jobs: scope.job_ids.map((uuid, at) => {
      const reference = fromUuid(uuid);
      if (reference === null) throw invalidField(`scope.job_ids.${at}`, 'is no id of a job');
      return reference.id;
    }),
  };
}

export function maintenanceToCore({ scope, from, until, reason, resume }: MaintenanceInput): CoreInput {
  return { scope: scopeToCore(scope), from: given(from, 'from'), until: given(until, 'until'), reason, resume };
}

export function maintenanceChangeToCore({ from, until, reason, resume }: MaintenancePatch): MaintenanceChange {
  return {
    from: from === undefined ? undefined : instantToCore(from, 'from'),
    until: until === undefined ? undefined : given(until, 'until'),
    reason,
    resume,
  };
}

/** The jobs that scopes name, by number. */
export type NamedJobs = ReadonlyMap<
  number,
  Pick<Job, 'id' | 'createdAt'> & { readonly definition: { readonly name: string } }
>;

function scopeToWire(scope: CoreScope, jobs: NamedJobs): Pick<Maintenance, 'scope' | 'scope_text'> {
  if (scope.kind === 'all') return { scope, scope_text: 'All jobs' };
  if (scope.kind === 'tags')
    return { scope: { kind: 'tags', tags: [...scope.tags] }, scope_text: `Jobs tagged ${scope.tags.join(' or ')}` };
  const found = scope.jobs.flatMap((id) => jobs.get(id) ?? []);
  const names = found.slice(0, 3).map(({ definition }) => definition.name);
  const more = scope.jobs.length - names.length;
  return {
    scope: { kind: 'jobs', job_ids: found.map(toUuid) },
    scope_text: `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  };
}

export function maintenanceToWire({ window, state, running, queued }: MaintenanceView, jobs: NamedJobs): Maintenance {
  const isOver = state === 'ended' || state === 'called_off';
  return {
    id: toUuid(window),
    state,
    ...scopeToWire(window.scope, jobs),
    from: formatInstant(window.from),
    until: instant(window.until),
    reason: window.reason,
    resume: window.resume,
    set_by: window.by,
    created_at: formatInstant(window.createdAt),
    ended_at: isOver ? formatInstant(window.endedAt ?? endOfWindow(window)) : null,
    ended_by: window.endedBy,
    running,
    queued,
  };
}

/** Runs that are named one by one. */
const mostRunning = 20;

export function maintenanceCostToWire(cost: CoreCost, jobs: NamedJobs): MaintenanceCost {
  return {
    from: formatInstant(cost.from),
    until: instant(cost.until),
    counted_until: formatInstant(cost.countedUntil),
    count: cost.count,
    at_least: cost.atLeast,
    runs_after: cost.runsAfter,
    jobs: cost.jobs.map(({ job, count, runsAfter, first }) => ({
      job_id: toUuid(job),
      job_name: job.name,
      count,
      runs_after: runsAfter,
      first: formatInstant(first),
    })),
    job_count: cost.jobCount,
    running: cost.running.slice(0, mostRunning).flatMap((run) => {
      const job = jobs.get(run.jobId);
      if (job === undefined) return [];
      const since = formatInstant(run.startedAt ?? run.createdAt);
      return [{ run_id: toUuid(run), job_id: toUuid(job), job_name: job.definition.name, since }];
    }),
    running_count: cost.running.length,
    queued: cost.queued,
  };
}
