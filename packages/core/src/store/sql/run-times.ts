/** How long the runs of jobs took. */
import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import type { Millis } from '../../model/instant.ts';
import type { Session } from './session.ts';

/** Of a job's newest runs: where so many wait, or failed one after the other, none further back is looked for. */
const mostLookedAt = 2000;
/** Jobs asked of in one statement. */
const jobsAtOnce = 500;

/**
 * By job, its newest successes' times from start to end, newest first; absent for a job without one. Each job's newest runs
 * come by its own index: a window over the record would read all of it.
 */
export async function timesOf(
  session: Session,
  jobIds: readonly Id[],
  limit: number,
): Promise<ReadonlyMap<Id, readonly Millis[]>> {
  const found = new Map<Id, readonly Millis[]>();
  const pack = session.kind === 'sqlite' ? sql<string>`json_group_array(ms)` : sql<string>`CAST(json_agg(ms) AS text)`;
  // A range of one job, and the order of its index: PostgreSQL takes a single job for a few rows, and sorts all that it ever
  // ran. The order of the inner rows is kept, and no more of them are read than are wanted.
  const times: RawBuilder<string | null> = sql`(SELECT ${pack} FROM (
    SELECT r.ended_at - r.started_at AS ms FROM (
      SELECT state, started_at, ended_at FROM runs WHERE job_id >= j.id AND job_id <= j.id
       ORDER BY job_id DESC, created_at DESC, id DESC LIMIT ${mostLookedAt}
    ) AS r WHERE r.state = 'succeeded' AND r.started_at IS NOT NULL LIMIT ${limit}) AS newest)`;
  for (let at = 0; at < jobIds.length; at += jobsAtOnce) {
    const some = session.build.selectFrom('jobs as j').where('j.id', 'in', jobIds.slice(at, at + jobsAtOnce));
    for (const row of await session.rows(some.select(['j.id', times.as('times')]))) {
      const all = (JSON.parse(row.times ?? '[]') as readonly Millis[] | null) ?? [];
      if (all.length > 0) found.set(row.id, all);
    }
  }
  return found;
}
