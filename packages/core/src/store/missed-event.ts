import { toUuid, type Reference } from '../model/id.ts';
import { formatInstant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Missed } from '../model/occurrence.ts';
import type { NewEvent } from './event-table.ts';

/** `occurrences.missed`: what an alert needs to say, and what a backfill needs to make it good. */
export function missedEvent(job: Job, schedule: Reference, missed: Missed): NewEvent {
  const { definition } = job;
  const data = {
    name: definition.name,
    schedule: toUuid(schedule),
    from: formatInstant(missed.fromAt),
    to: formatInstant(missed.toAt),
    count: missed.count,
    reason: missed.reason,
    policy: definition.catchUp.policy,
  };
  return { kind: 'occurrences.missed', jobId: job.id, jobCreatedAt: job.createdAt, data };
}
