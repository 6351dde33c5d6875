import type { Id } from '../../model/id.ts';
import type { Finished } from '../dispatch-table.ts';
import { claimLines, claimOneLine, type ClaimParts, type ClaimRequest } from '../sql/claim.ts';
import { heldRows, type ClaimRow, type HotDispatch } from '../sql/dispatch.ts';
import { writeValue } from '../sql/json.ts';
import type { Parameters, Statement } from '../sql/statement.ts';
import type { QueueNumbers } from '../sql/queues.ts';
import type { Session } from '../sql/session.ts';
import type { ClaimMarks, MarkedLine, MarksOfClaim } from './claim-marks.ts';
import * as statements from './dispatch-statements.ts';

/** T2, T3, T5 and giving back: each statement is atomic by itself, inside a transaction or not. */
export function postgresDispatch(session: Session, numbers: QueueNumbers, marks: ClaimMarks): HotDispatch {
  return {
    claim: (request) =>
      claimBehind(session, marks, (behind) => claimLines(session, numbers, request, partsOf(session, behind, request))),
    lookAgainIn: () => marks.lookAgainIn(),
    async intend(incarnation, held) {
      if (held.length === 0) return [];
      const parameters = { incarnation, held: heldRows(held) };
      const rows = await session.run<{ run_id: number; fence: number }>(statements.intend, parameters);
      return rows.map((row) => ({ runId: row.run_id, fence: row.fence }));
    },
    async markRunning(incarnation, held) {
      if (held.length > 0) await session.run(statements.markRunning, { incarnation, held: heldRows(held) });
    },
    async finish(done) {
      if (done.length === 0) return [];
      const gone = await finishHeld(session, done);
      if (gone.size === done.length) return [...gone];
      // A phase is a new row: who waited for its change has seen the old row end, and the new one only from now on.
      const missed = done.filter(({ runId }) => !gone.has(runId));
      const after = await finishHeld(session, missed);
      const late = missed.filter(({ runId }) => !after.has(runId)).map(doneRow);
      if (late.length > 0) await session.run(statements.tellLate, { done: JSON.stringify(late) });
      return [...gone, ...after];
    },
    async release({ workerId, incarnation }, held) {
      const parameters = { worker: workerId, incarnation, held: held === undefined ? null : heldRows(held) };
      return (await session.run<{ run_id: number }>(statements.release, parameters)).map((row) => row.run_id);
    },
  };
}

/**
 * A claim that needs no transaction where one line is all there is to claim of, and nothing but its key limits it: a look at
 * the lines, and a statement that is its own commit. A round trip less before a run that waits alone can begin. Where it
 * was not enough, or full keys want several statements, it is not tried again for a second, as the look would be taken twice each time.
 *
 * @param whole claims in a transaction
 */
export function standingClaim(
  session: Session,
  marks: ClaimMarks,
  whole: (request: ClaimRequest) => Promise<readonly ClaimRow[]>,
): (request: ClaimRequest) => Promise<readonly ClaimRow[]> {
  return async (request) => {
    if (!marks.mayStandFree) return whole(request);
    let isMore = false;
    const parts = (behind: MarksOfClaim) => partsOf(session, behind, request, () => (isMore = true));
    const claims = await claimBehind(session, marks, (behind) => claimOneLine(request, parts(behind)));
    if (claims !== null && !isMore) return claims;
    marks.standsNotFree();
    if (claims === null || claims.length === 0) return whole(request);
    // These are claimed already, whatever becomes of the others: who asks next hears what stood in the way.
    const others = await whole({ ...request, free: request.free - claims.length }).catch((): ClaimRow[] => []);
    return [...claims, ...others];
  };
}

/** What `claim` finds behind the marks; from the front where it finds nothing and they may hide something. */
async function claimBehind<Claims extends readonly ClaimRow[] | null>(
  session: Session,
  marks: ClaimMarks,
  claim: (behind: MarksOfClaim) => Promise<Claims>,
): Promise<Claims> {
  const behind = marks.begin();
  let claims = await claim(behind);
  if (claims?.length === 0 && behind.mayHide) {
    behind.sweep();
    claims = await claim(behind);
  }
  const count = claims?.length;
  if (count !== undefined) session.afterCommit(() => marks.keep(behind, count));
  return claims;
}

type PickedRow = ClaimRow & {
  /** How many were to choose from. */
  readonly picked: number;
};

/** @param more called in the place of a second statement for a line, which would be a second commit. Default: it is sent */
function partsOf(
  session: Session,
  marks: MarksOfClaim,
  request: ClaimRequest,
  more?: () => void,
): ClaimParts<MarkedLine> {
  const { workerId: worker, incarnation } = request;
  return {
    lines: (names) => session.run(statements.lines, { names, marks: marks.parameter, worker, incarnation }),
    alone: async () => void (await session.run(statements.claimAlone)),
    async take(asked) {
      const { agedMs, after, free, line } = asked;
      const { queue, priority, name } = line;
      const mark = marks.of(line);
      const { at, run } = after === null || mark.at > after ? mark : { at: after, run: Number.MAX_SAFE_INTEGER };
      const place = { queue, priority, name, aged: agedMs, at, run };
      const claimed: ClaimRow[] = [];
      // Of a key more are picked than it has slots, and passed over: behind them may be others.
      for (let mayBeMore = true; mayBeMore && claimed.length < free;) {
        const most = free - claimed.length;
        const rows = await session.run<PickedRow>(statements.claim, { ...place, worker, incarnation, free: most });
        claimed.push(...rows);
        mayBeMore = rows[0]?.picked === most;
        if (more === undefined || !mayBeMore || claimed.length >= free) continue;
        more();
        return claimed;
      }
      marks.took(asked, claimed, mark);
      return claimed;
    },
  };
}

/** @returns the runs whose lease stood under that fence when the statement began */
async function finishHeld(session: Session, done: readonly Finished[]): Promise<ReadonlySet<Id>> {
  const [plain, others]: [Finished[], Finished[]] = [[], []];
  for (const one of done) (isPlain(one) ? plain : others).push(one);
  const gone = new Set<Id>();
  const finish = async (statement: Statement, parameters: Parameters): Promise<void> => {
    for (const { run_id: id } of await session.run<{ run_id: Id }>(statement, parameters)) gone.add(id);
  };
  if (plain.length > 0)
    await finish(statements.finishPlain, {
      ids: arrayOf(plain.map(({ runId }) => runId)),
      fences: arrayOf(plain.map(({ fence }) => fence)),
      born: arrayOf(plain.map(({ jobCreatedAt }) => jobCreatedAt ?? 'NULL')),
    });
  if (others.length > 0) await finish(statements.finish, { done: JSON.stringify(others.map(doneRow)) });
  return gone;
}

/** As the server writes an array. */
const arrayOf = (items: readonly (number | 'NULL')[]): string => `{${items.join(',')}}`;

/** A success that says nothing but that it is one: what most results are. */
function isPlain(one: Finished): boolean {
  if (one.outcome !== 'succeeded' || one.state !== 'succeeded' || one.retryAt !== null) return false;
  if (one.exitCode !== null || one.tree !== undefined || one.keepAttempt === true) return false;
  const more = [one.reason, one.attemptReason, one.signal, one.failure, one.result];
  return more.every((fact) => fact === null || fact === undefined);
}

/** What is null is left out: most of a result is, and the server reads every letter. */
function doneRow(one: Finished): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = { run_id: one.runId, fence: one.fence, outcome: one.outcome };
  const put = (name: string, value: unknown): void => {
    if (value !== null && value !== undefined) row[name] = value;
  };
  put('state', one.state);
  put('reason', one.reason);
  put('why', one.attemptReason === undefined ? one.reason : one.attemptReason);
  put('exit_code', one.exitCode);
  put('signal', one.signal);
  put('failure', writeValue(one.failure));
  put('result', writeValue(one.result));
  put('retry_at', one.retryAt);
  put('keep', one.keepAttempt);
  put('tree', one.tree);
  put('born', one.jobCreatedAt);
  return row;
}
