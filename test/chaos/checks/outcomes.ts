/** Checks 5 and 7: what came of it, the ledger against the jobs and against what was acknowledged. */
import { harmedBetween, type AttemptRow, type History, type RunRow, type Told } from '../history.ts';

/** (5) An attempt's outcome is what the job said of its end; `lost` only under a fault. */
export function outcomesAgree(history: History): string[] {
  const { runs, told } = history;
  const starts = linesOf(told, 'start');
  const ends = linesOf(told, 'end');
  return runs.flatMap((run) => [
    ...run.attempts.flatMap((attempt) => {
      const key = `${run.id} ${attempt.attempt}`;
      // A start that the machine refused for the moment keeps its number: the start told of is that of the next try.
      const tries = run.attempts.filter((each) => each.attempt === attempt.attempt).length;
      if (attempt.outcome === 'not_started' && tries > 1) return [];
      const fault = disagreement(history, attempt, { start: starts.get(key), end: ends.get(key) });
      return fault === null ? [] : [`run ${run.id}, attempt ${attempt.attempt}: ${fault}`];
    }),
    ...recordFaults(run, starts),
  ]);
}

const linesOf = (told: readonly Told[], kind: Told['kind']): Map<string, Told> =>
  new Map(told.filter((line) => line.kind === kind).map((line) => [`${line.runId} ${line.attempt}`, line]));

function disagreement(
  { faults }: History,
  { outcome, exitCode, startedAt, endedAt, reason }: AttemptRow,
  { start, end }: { readonly start: Told | undefined; readonly end: Told | undefined },
): string | null {
  const said = end?.exitCode ?? null;
  switch (outcome) {
    case 'succeeded':
      return said === 0 ? null : `succeeded, and the job said ${end === undefined ? 'no end' : `exit ${said}`}`;
    case 'failed':
      if (end !== undefined && said !== exitCode) return `failed with ${exitCode}, and the job said exit ${said}`;
      return end === undefined ? `failed with ${exitCode} (${reason}), and the job said no end` : null;
    case 'lost':
      if (reason === null) return 'lost, and nothing says why';
      return harmedBetween(faults, (startedAt ?? endedAt) - 1000, endedAt) ? null : `lost (${reason}) without a fault`;
    case 'not_started':
      return start === undefined ? null : 'not started, and the job said that it was';
    case 'cancelled':
      return faults.some(({ kind, at, until }) => kind === 'worker_drained' && at <= endedAt && until >= endedAt)
        ? null
        : `cancelled (${reason}) and nobody wished it`;
    default:
      return `has the outcome ${outcome}, which no job of a round can have`;
  }
}

/** The run is what its last attempt was, its attempts are numbered without a hole, and what started has an attempt. */
function recordFaults(run: RunRow, starts: ReadonlyMap<string, Told>): string[] {
  const faults: string[] = [];
  const last = run.attempts.at(-1);
  // Every job of a round can be started: what the machine lacked for the moment is no failure of the run.
  if (last?.outcome === 'not_started' && run.state === 'failed') faults.push(`run ${run.id} failed without a start`);
  const numbers = [...new Set(run.attempts.map(({ attempt }) => attempt))];
  if (numbers.some((number, index) => number !== index + 1))
    faults.push(`run ${run.id} has attempts ${numbers.join(', ')}`);
  if (last !== undefined && last.outcome !== 'not_started' && last.outcome !== run.state && run.state !== 'cancelled')
    faults.push(`run ${run.id} is ${run.state}, and its last attempt ${last.outcome}`);
  const most = Math.max(
    0,
    ...[...starts.values()].filter(({ runId }) => runId === run.id).map(({ attempt }) => attempt),
  );
  if (most > numbers.length) faults.push(`run ${run.id} started attempt ${most} and has ${numbers.length}`);
  if (['queued', 'starting', 'running'].includes(run.state)) faults.push(`run ${run.id} is still ${run.state}`);
  return faults;
}

/** (7) What was acknowledged exists under the id that was told; what was not, at most once. */
export function triggersKept({ runs, triggers }: History): string[] {
  const byNote = Map.groupBy(
    runs.filter(({ note }) => note !== null),
    ({ note }) => note,
  );
  return triggers.flatMap(({ note, jobId, runId }) => {
    const found = byNote.get(note) ?? [];
    if (found.length > 1) return [`${note} made ${found.length} runs`];
    if (found.some((run) => run.jobId !== jobId)) return [`${note} made a run of another job`];
    if (runId !== null && found[0]?.id !== runId) return [`${note} was acknowledged as ${runId}, which does not exist`];
    return [];
  });
}
