import type { Finished } from '../dispatch-table.ts';
import { claimLines, type Line } from '../sql/claim.ts';
import { heldRows, type ClaimRow, type HotDispatch } from '../sql/dispatch.ts';
import { appendEvents } from '../sql/events.ts';
import { writeValue } from '../sql/json.ts';
import type { LeaseRow } from '../sql/schema.ts';
import type { QueueNumbers } from '../sql/queues.ts';
import { runRows, type Session } from '../sql/session.ts';
import * as statements from './dispatch-statements.ts';

interface Ended {
  readonly lease: LeaseRow;
  readonly done: Finished;
}

/** T2, T3, T5 and giving back, each inside the transaction that the store has opened. */
export function sqliteDispatch(session: Session, numbers: QueueNumbers): HotDispatch {
  return {
    claim(request) {
      const { workerId: worker, incarnation } = request;
      return claimLines(session, numbers, request, {
        lines: (names) => session.run<Line>(statements.lines, { names }),
        // The transaction has the file's only write lock.
        alone: () => Promise.resolve(),
        async take({ line: { queue, priority }, agedMs, after, free }) {
          const rows: ClaimRow[] = [];
          const line = { queue, priority, worker, incarnation, aged: agedMs, after: after ?? Number.MIN_SAFE_INTEGER };
          // Of a key only one run wins at a time, so an answer with one of them asks again.
          for (let again = true; again && rows.length < free;) {
            const asked = { ...line, free: free - rows.length };
            const leased = await session.run<{ run_id: number; slot: number | null }>(statements.claim, asked);
            if (leased.length === 0) break;
            const ids = JSON.stringify(leased.map(({ run_id }) => run_id));
            rows.push(...(await session.run<ClaimRow>(statements.leaveQueue, { ids })));
            again = leased.some(({ slot }) => slot !== null);
          }
          return rows;
        },
      });
    },
    async intend(incarnation, held) {
      if (held.length === 0) return [];
      const rows = await runRows<{ run_id: number; fence: number }>(
        session,
        statements.intend,
        held.map(({ runId, fence }) => ({ run_id: runId, fence, incarnation })),
      );
      return rows.map((row) => ({ runId: row.run_id, fence: row.fence }));
    },
    async markRunning(incarnation, held) {
      if (held.length > 0) await session.run(statements.markRunning, { incarnation, held: heldRows(held) });
    },
    finish: (done) => finish(session, done),
    async release({ workerId, incarnation }, held) {
      const parameters = { worker: workerId, incarnation, held: held === undefined ? null : heldRows(held) };
      const leases = await session.run<LeaseRow & { now: number }>(statements.release, parameters);
      const back = leases.map(({ now, ...lease }) => ({ ...lease, available_at: now, reason: null }));
      if (back.length > 0) await runRows(session, session.hot.enqueue, back);
      return leases.map((lease) => lease.run_id);
    },
  };
}

async function finish(session: Session, done: readonly Finished[]): Promise<readonly number[]> {
  if (done.length === 0) return [];
  const held = done.map(({ runId, fence }) => ({ run_id: runId, fence }));
  const leases = await runRows<LeaseRow>(session, statements.endLeases, held);
  // A run has one lease, so one of these had its fence.
  const own = new Map(done.map((each) => [`${each.runId} ${each.fence}`, each]));
  const ended = leases.flatMap((lease): Ended[] => {
    const its = own.get(`${lease.run_id} ${lease.fence}`);
    return its ? [{ lease, done: its }] : [];
  });
  if (ended.length > 0) await record(session, ended);
  if (ended.length < done.length) {
    const gone = new Set(ended.map(({ lease }) => lease.run_id));
    await recordLate(
      session,
      done.filter(({ runId }) => !gone.has(runId)),
    );
  }
  return ended.map(({ lease }) => lease.run_id);
}

async function record(session: Session, ended: readonly Ended[]): Promise<void> {
  const tries = ended.map(({ lease, done }) => ({
    run_id: lease.run_id,
    run_created_at: lease.run_created_at,
    job_id: lease.job_id,
    attempt: lease.attempt,
    fence: lease.fence,
    worker_id: lease.worker_id,
    outcome: done.outcome,
    state: done.state,
    reason: done.reason,
    exit_code: done.exitCode,
    signal: done.signal,
    failure: writeValue(done.failure),
    started_at: lease.started_at,
  }));
  const attempts = tries.map((row, index) => ({ ...row, reason: reasonOf(ended[index]?.done) }));
  await runRows(session, statements.insertAttempts, attempts);

  const final = tries.filter((_, index) => ended[index]?.done.retryAt === null);
  await runRows(session, statements.completeRuns, final);
  const missed = final.filter(({ state }) => state !== null && state !== 'succeeded');
  if (missed.length > 0) await runRows(session, session.hot.noteUnsuccessful, missed);

  const again = ended.flatMap(({ lease, done }) => {
    const attempt = done.keepAttempt === true ? lease.attempt : lease.attempt + 1;
    return done.retryAt === null ? [] : [{ ...lease, attempt, available_at: done.retryAt, reason: done.reason }];
  });
  if (again.length > 0) await runRows(session, session.hot.enqueue, again);

  const reports = ended.flatMap(({ lease, done }) => {
    const result = writeValue(done.result);
    return result === null
      ? []
      : [{ run_id: lease.run_id, run_created_at: lease.run_created_at, progress: null, result }];
  });
  if (reports.length > 0) await runRows(session, session.hot.report, reports);

  await appendEvents(
    session,
    ended.map(({ lease, done }) => ({
      kind: done.retryAt === null && done.state !== null ? `run.${done.state}` : `attempt.${done.outcome}`,
      runId: lease.run_id,
      runCreatedAt: lease.run_created_at,
      jobId: lease.job_id,
      data: {
        attempt: lease.attempt,
        outcome: done.outcome,
        reason: reasonOf(done),
        exit_code: done.exitCode,
        tree: done.tree ?? null,
      },
    })),
  );
}

function reasonOf(done: Finished | undefined): string | null {
  return done?.attemptReason === undefined ? (done?.reason ?? null) : done.attemptReason;
}

/** A result after the lease is gone is told and never applied; one that was counted before is not told again. */
async function recordLate(session: Session, missing: readonly Finished[]): Promise<void> {
  const counted = await session.run<{ run_id: number; fence: number }>(statements.counted, { done: heldRows(missing) });
  const late = missing.filter(
    ({ runId, fence }) => !counted.some((row) => row.run_id === runId && row.fence === fence),
  );
  if (late.length === 0) return;
  const runs = session.build.selectFrom('runs').select(['id', 'created_at', 'job_id']);
  const known = await session.rows(
    runs.where(
      'id',
      'in',
      late.map(({ runId }) => runId),
    ),
  );
  await appendEvents(
    session,
    late.map(({ runId, fence, outcome, exitCode }) => {
      const run = known.find(({ id }) => id === runId);
      const data = { fence, outcome, exit_code: exitCode };
      return {
        kind: 'run.late_result',
        runId,
        runCreatedAt: run?.created_at ?? null,
        jobId: run?.job_id ?? null,
        data,
      };
    }),
  );
}
