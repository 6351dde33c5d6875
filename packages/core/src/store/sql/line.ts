/** The order in which waiting runs are claimed, as a claim's turns give it: here row by row, for who looks at it. */
import type { Millis } from '../../model/instant.ts';
import type { LinePlace } from '../run-table.ts';
import { personOf, readLocks } from './limits.ts';
import type { RunKey } from './run-view.ts';
import type { Session } from './session.ts';

/** Those of a queue that could be claimed, in that order. */
export async function readLine(
  session: Session,
  queue: string,
  { stepMs, limit }: { readonly stepMs: Millis; readonly limit: number },
): Promise<readonly LinePlace[]> {
  const head = await session.run<RunKey & { readonly ahead: number }>(session.hot.headOfQueue, {
    most: limit,
    step: stepMs,
    queue,
  });
  const ids = head.filter(({ ahead }) => ahead === 0).map(({ id }) => id);
  if (ids.length === 0) return [];
  const query = session.build
    .selectFrom('queue as q')
    .innerJoin('queues as k', 'k.id', 'q.queue')
    .where('q.run_id', 'in', ids)
    .select(['q.run_id', 'q.job_id', 'k.locks', personOf('q').as('person')]);
  const found = new Map((await session.rows(query)).map((row) => [row.run_id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    if (row === undefined) return [];
    return [{ runId: id, jobId: row.job_id, queue, locks: readLocks(row.locks), person: row.person }];
  });
}
