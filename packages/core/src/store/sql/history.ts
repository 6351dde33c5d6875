import type { HistoryTable, PastAttempt, PastEvent, PastRun } from '../history-table.ts';
import { writeValue } from './json.ts';
import { numberQueues, type QueueNumbers } from './queues.ts';
import { priorityLevel } from './run-view.ts';
import { runRows, type RowValues, type Session } from './session.ts';
import type { Statement } from './statement.ts';

/** Rows of one statement: a parameter of some hundred kilobytes. */
const batch = 1000;

/** History, on either database. */
export function historyTable(session: Session, numbers: QueueNumbers): HistoryTable {
  const { hot } = session;
  async function write<Row>(rows: readonly Row[], statement: Statement, toRow: (row: Row) => RowValues): Promise<void> {
    for (let at = 0; at < rows.length; at += batch)
      await runRows(session, statement, rows.slice(at, at + batch).map(toRow));
  }
  return {
    async insert({ runs, attempts, events }) {
      const queueOf = await numberQueues(session, numbers, runs);
      await write(runs, hot.insertPastRuns, (run) => runRow(run, queueOf(run)));
      await write(
        runs.filter(({ state }) => state !== 'succeeded'),
        hot.noteUnsuccessful,
        (run) => ({ state: run.state, run_created_at: run.createdAt, run_id: run.id, job_id: run.jobId }),
      );
      await write(attempts, hot.insertPastAttempts, attemptRow);
      await write(
        runs.filter(({ result }) => result !== null && result !== undefined),
        hot.report,
        ({ id, createdAt, result }) => ({
          run_id: id,
          run_created_at: createdAt,
          progress: null,
          result: writeValue(result),
        }),
      );
      await write(events, hot.insertPastEvents, eventRow);
    },
  };
}

function runRow(run: PastRun, queue: number): RowValues {
  return {
    id: run.id,
    created_at: run.createdAt,
    job_id: run.jobId,
    job_version: run.jobVersion,
    trigger: run.trigger,
    schedule_id: run.scheduleId,
    due_at: run.dueAt,
    priority: priorityLevel(run.priority),
    queue,
    parameters: JSON.stringify(run.parameters),
    note: run.note,
    requested_by: run.requestedBy,
    cause_run_id: run.cause?.id ?? null,
    cause_created_at: run.cause?.createdAt ?? null,
    state: run.state,
    reason: run.reason,
    attempt: run.attempt,
    exit_code: run.exitCode,
    signal: run.signal,
    failure: writeValue(run.failure),
    started_at: run.startedAt,
    ended_at: run.endedAt,
  };
}

function attemptRow(attempt: PastAttempt): RowValues {
  return {
    run_id: attempt.runId,
    run_created_at: attempt.runCreatedAt,
    fence: attempt.fence,
    attempt: attempt.attempt,
    worker_id: attempt.workerId,
    outcome: attempt.outcome,
    reason: attempt.reason,
    exit_code: attempt.exitCode,
    signal: attempt.signal,
    failure: writeValue(attempt.failure),
    started_at: attempt.startedAt,
    ended_at: attempt.endedAt,
  };
}

function eventRow(event: PastEvent): RowValues {
  return {
    at: event.at,
    kind: event.kind,
    run_id: event.runId ?? null,
    run_created_at: event.runCreatedAt ?? null,
    job_id: event.jobId ?? null,
    job_created_at: event.jobCreatedAt ?? null,
    actor: event.actor ?? null,
    data: JSON.stringify(event.data ?? {}),
  };
}
