/** The order in which waiting runs are claimed, as a claim's turns give it: here row by row, for who looks at it. */
import type { Id } from '../../model/id.ts';
import type { Millis } from '../../model/instant.ts';
import type { LinePlace } from '../run-table.ts';
import { readLocks } from './limits.ts';
import type { Session } from './session.ts';

interface PlaceRow {
  readonly run_id: Id;
  readonly job_id: Id;
  readonly locks: string;
  readonly person: Id | null;
}

/** Those of a queue that could be claimed, in that order. */
export async function readLine(
  session: Session,
  queue: string,
  { stepMs, limit }: { readonly stepMs: Millis; readonly limit: number },
): Promise<readonly LinePlace[]> {
  const rows = await session.run<PlaceRow>(session.hot.lineOfQueue, { most: limit, step: stepMs, queue });
  return rows.map(({ run_id: runId, job_id: jobId, locks, person }) => ({
    runId,
    jobId,
    queue,
    locks: readLocks(locks),
    person,
  }));
}
