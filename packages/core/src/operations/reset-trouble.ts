import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { afterReset } from '../policy/breaker.ts';
import type { Tables } from '../store/store.ts';
import type { Actor } from './context.ts';
import { note } from './audited.ts';
import { jobEvent } from './job-event.ts';
import { jobSubject } from './job-facts.ts';

/** Closes the breaker and forgets the failures, inside a transaction that holds the job's lock. @returns the job as it is then */
export async function resetTrouble(tables: Tables, job: Job, actor: Actor, now: Instant): Promise<Job> {
  const trouble = afterReset(now);
  await tables.jobs.writeTrouble(job.id, trouble);
  const before = job.trouble?.breaker ?? null;
  const data = { was_stopped: before !== null, consecutive_failures: before?.pattern.consecutiveFailures ?? null };
  await tables.events.append([jobEvent('job.reset', job, actor, data)]);
  await note(tables, actor, { action: 'job.reset', subject: jobSubject(job), before: data });
  return { ...job, trouble };
}
