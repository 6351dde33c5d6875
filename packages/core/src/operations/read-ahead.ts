/** What the gates of a request read of its job, asked for at once: over a network each question alone costs a journey. */
import type { Id } from '../model/id.ts';
import type { Tables } from '../store/store.ts';

const heeded = (): void => undefined;

/** Whoever needs the answer hears of its failure; not all of them may be needed. */
function sent<T>(answer: Promise<T>): () => Promise<T> {
  answer.catch(heeded);
  return () => answer;
}

/**
 * The same tables, of which the time, the job's schedules, the calendars that count unasked and the maintenance in force are
 * on their way already. They travel behind whatever was asked before, a lock above all: what they say is as of then.
 */
export function readAhead(tables: Tables, jobId: Id): Tables {
  const { schedules, calendars, maintenance } = tables;
  const [own, unasked] = [sent(schedules.ofJob(jobId)), sent(calendars.inForce([]))];
  const ahead = {
    now: sent(tables.now()),
    schedules: { ...schedules, ofJob: (id) => (id === jobId ? own() : schedules.ofJob(id)) },
    calendars: { ...calendars, inForce: (ids) => (ids.length === 0 ? unasked() : calendars.inForce(ids)) },
    maintenance: { ...maintenance, unsettled: sent(maintenance.unsettled()) },
  } satisfies Partial<Tables>;
  // Tables are made when somebody asks for them: the others stay where they are.
  return Object.create(tables, Object.getOwnPropertyDescriptors(ahead)) as Tables;
}
