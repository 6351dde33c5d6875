import type { Instant } from '../model/instant.ts';
import { beginsDirectly, neededLabels, type Job } from '../model/job.ts';
import type { NewRun } from '../store/run-table.ts';

/** A run of a job's present version that may start at once, unless `facts` say otherwise. */
export function newRunOf(
  job: Job,
  { now, ...facts }: Pick<NewRun, 'id' | 'trigger' | 'requestedBy'> & { readonly now: Instant } & Partial<NewRun>,
): NewRun {
  const { definition } = job;
  return {
    createdAt: now,
    jobId: job.id,
    jobVersion: job.version,
    scheduleId: null,
    dueAt: null,
    priority: definition.priority,
    queue: definition.queue,
    workerLabels: neededLabels(definition),
    onLost: definition.onLost,
    slots: definition.maxConcurrent,
    direct: beginsDirectly(definition),
    locks: definition.locks ?? [],
    availableAt: now,
    parameters: {},
    note: null,
    cause: null,
    reason: null,
    ...facts,
  };
}
