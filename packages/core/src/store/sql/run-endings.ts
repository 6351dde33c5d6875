/** Runs that end without a lease: taken out of the queue, or out of the record when retention is over. */
import type { Id, Reference } from '../../model/id.ts';
import type { RunTable } from '../run-table.ts';
import { appendEvents } from './events.ts';
import { runRows, type Session } from './session.ts';

interface Dequeued {
  readonly run_id: number;
  readonly run_created_at: number;
  readonly job_id: number;
  readonly attempt: number;
}

/** Whoever deletes the queue row decides: a run that was claimed meanwhile is not touched. */
export async function endWaiting(
  session: Session,
  ids: readonly Id[],
  { state, reason, by }: Parameters<RunTable['endWaiting']>[1],
): Promise<readonly Id[]> {
  if (ids.length === 0) return [];
  const gone = await session.run<Dequeued>(session.hot.dequeue, { ids: JSON.stringify(ids) });
  if (gone.length === 0) return [];
  const rows = gone.map((row) => ({ id: row.run_id, created_at: row.run_created_at, attempt: row.attempt - 1 }));
  await session.run(session.hot.endRuns, { rows: JSON.stringify(rows), state, reason, by });
  await runRows(
    session,
    session.hot.noteUnsuccessful,
    gone.map((row) => ({ ...row, state })),
  );
  await appendEvents(
    session,
    gone.map((row) => ({
      kind: `run.${state}`,
      runId: row.run_id,
      runCreatedAt: row.run_created_at,
      jobId: row.job_id,
      actor: by,
      data: { reason },
    })),
  );
  return gone.map((row) => row.run_id);
}

export async function removeRuns(session: Session, references: readonly Reference[]): Promise<void> {
  if (references.length === 0) return;
  const rows = JSON.stringify(references.map(({ id, createdAt }) => ({ id, created_at: createdAt })));
  for (const statement of session.hot.removeRuns) await session.run(statement, { rows });
}
