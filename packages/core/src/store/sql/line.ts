/** The order in which waiting runs are claimed, as a claim's turns give it: here row by row, for who looks at it. */
import { sql, type RawBuilder } from 'kysely';
import type { Millis } from '../../model/instant.ts';
import type { LinePlace } from '../run-table.ts';
import { personOf, readLocks } from './limits.ts';
import type { Session } from './session.ts';

/** The level that waiting has given a row of the queue `q`; one whose instant is ahead has its own. */
export function levelNow(stepMs: Millis): RawBuilder<number> {
  if (stepMs <= 0) return sql<number>`q.priority`;
  const waited = sql`(now_ms() - q.available_at)`;
  const step = sql.lit(Math.round(stepMs));
  return sql<number>`CASE WHEN ${waited} >= q.priority * ${step} THEN 0 WHEN ${waited} > 0 THEN q.priority - ${waited} / ${step}
    ELSE q.priority END`;
}

/** Those of a queue that could be claimed, in that order. */
export async function readLine(
  { build, rows }: Session,
  queue: string,
  { stepMs, limit }: { readonly stepMs: Millis; readonly limit: number },
): Promise<readonly LinePlace[]> {
  const query = build
    .selectFrom('queue as q')
    .innerJoin('queues as k', 'k.id', 'q.queue')
    .where('k.name', '=', queue)
    .where('q.available_at', '<=', sql<number>`now_ms()`)
    .select(['q.run_id', 'q.job_id', 'k.locks', personOf('q').as('person')])
    .orderBy(levelNow(stepMs))
    .orderBy('q.available_at')
    .orderBy('q.run_id')
    .limit(limit);
  return (await rows(query)).map((row) => ({
    runId: row.run_id,
    jobId: row.job_id,
    queue,
    locks: readLocks(row.locks),
    person: row.person,
  }));
}
