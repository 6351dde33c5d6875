import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { EventRow } from '../store/event-table.ts';
import type { Store } from '../store/store.ts';

/** An event with what it is about, as it stands now, and the times that name rows outside. */
export interface EventSubject {
  readonly event: EventRow;
  /** Null where there is none, or no more. */
  readonly run: Run | null;
  readonly job: Job | null;
  readonly schedules: ReadonlyMap<Id, Instant>;
  readonly workers: ReadonlyMap<Id, Instant>;
}

/** Looks up what events are about: one query a run, the rest once for all of them. */
export async function subjectsOf(store: Store, events: readonly EventRow[]): Promise<readonly EventSubject[]> {
  if (events.length === 0) return [];
  const jobIds = [...new Set(events.flatMap(({ jobId }) => jobId ?? []))];
  const jobs = await store.jobs.byIds(jobIds);
  const births = (rows: readonly { readonly id: Id; readonly createdAt: Instant }[]): ReadonlyMap<Id, Instant> =>
    new Map(rows.map(({ id, createdAt }) => [id, createdAt]));
  const schedules = births(await store.schedules.ofJobs(jobIds));
  const workers = births(await store.workers.list());
  const subjects: EventSubject[] = [];
  for (const event of events) {
    const { runId, runCreatedAt, jobId } = event;
    const run = runId === null || runCreatedAt === null ? null : { id: runId, createdAt: runCreatedAt };
    subjects.push({
      event,
      run: run === null ? null : await store.runs.get(run),
      job: jobId === null ? null : (jobs.get(jobId) ?? null),
      schedules,
      workers,
    });
  }
  return subjects;
}
