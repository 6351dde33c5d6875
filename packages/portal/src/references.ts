/** From ids on the wire to numbers, and the times that name rows outside. */
import { fromUuid, JobTriggerError, type Reference, type Run, type Store } from 'job-trigger-core';
import type { Named } from 'job-trigger-contract/mapping';

/** @throws `not_found`: an id that is none of ours is the id of nothing */
export function referenceOf(uuid: string, what: string): Reference {
  const reference = fromUuid(uuid);
  if (reference === null) throw new JobTriggerError('not_found', `There is no such ${what}.`);
  return reference;
}

/** Creation times of all workers by number: few rows, asked once a request. */
export async function workersNamed(store: Store): Promise<ReadonlyMap<number, number>> {
  return new Map((await store.workers.list()).map((worker) => [worker.id, worker.createdAt]));
}

/** Times of what the runs of a list name, in two statements however long it is. */
export async function namedOf(store: Store, runs: readonly Run[]): Promise<Named> {
  const workers = await workersNamed(store);
  const jobIds = [...new Set(runs.map((run) => run.jobId))];
  const schedules = new Map(
    (await store.schedules.ofJobs(jobIds)).map((schedule) => [schedule.id, schedule.createdAt]),
  );
  return { schedules, workers };
}
