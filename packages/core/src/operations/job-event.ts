import type { Job } from '../model/job.ts';
import type { NewEvent } from '../store/event-table.ts';
import type { Actor } from './context.ts';

/** The fact that somebody did something to a job. */
export function jobEvent(kind: string, job: Job, actor: Actor, data: Readonly<Record<string, unknown>> = {}): NewEvent {
  return {
    kind,
    jobId: job.id,
    jobCreatedAt: job.createdAt,
    actor: actor.name,
    data: { name: job.definition.name, version: job.version, via: actor.via, ...data },
  };
}
