/** Failed runs of jobs, read by the newest runs alone: no index knows how a run ended. */
import type { Id } from '../../model/id.ts';
import type { FailedRun, Failure, FinalState } from '../../model/run.ts';
import { automaticTriggers, failureStates } from '../../model/trouble.ts';
import type { JobFailures, RunTable } from '../run-table.ts';
import { readObjectOrNull } from './json.ts';
import type { Session } from './session.ts';

const texts = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** Of a run named `n`: a failure of an automatic trigger. */
export const failed = `n.state IN (${texts(failureStates)}) AND n.trigger IN (${texts(automaticTriggers)})`;

interface FailureRow {
  readonly id: number;
  readonly created_at: number;
  readonly job_id: number;
  readonly state: string;
  readonly reason: string | null;
  readonly failure: string | null;
  readonly ended_at: number;
}

function toFailedRun(row: FailureRow): FailedRun {
  return {
    id: row.id,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    state: row.state as FinalState,
    reason: row.reason,
    failure: readObjectOrNull<Failure>(row.failure, 'runs.failure'),
  };
}

export async function readFailures(
  session: Session,
  jobs: Parameters<RunTable['failures']>[0],
  { look, limit }: Parameters<RunTable['failures']>[1],
): Promise<ReadonlyMap<Id, JobFailures>> {
  if (jobs.length === 0) return new Map();
  const asked = JSON.stringify(jobs.map(({ jobId, from }) => ({ id: jobId, from: from === null ? 0 : from + 1 })));
  const rows = await session.run<FailureRow>(session.hot.failures(look), { jobs: asked, limit });
  const found = Map.groupBy(rows, ({ job_id }) => job_id);
  return new Map(
    jobs.map(({ jobId }) => {
      const own = (found.get(jobId) ?? []).toSorted((a, b) => b.created_at - a.created_at || b.id - a.id);
      const success = own.find(({ state }) => state === 'succeeded');
      return [
        jobId,
        {
          failures: own.filter(({ state }) => state !== 'succeeded').map(toFailedRun),
          lastSuccess: success === undefined ? null : { id: success.id, createdAt: success.created_at },
        },
      ];
    }),
  );
}
