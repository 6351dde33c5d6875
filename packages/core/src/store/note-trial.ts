import type { Id } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import type { Tables } from './store.ts';

/** From now on no other run passes the open breaker until this one has ended; inside the transaction that makes it. */
export async function noteTrial({ jobs }: Tables, { id, trouble }: Job, run: Id): Promise<void> {
  if (trouble === null || trouble.breaker === null) return;
  await jobs.writeTrouble(id, { ...trouble, breaker: { ...trouble.breaker, trial: run } });
}
