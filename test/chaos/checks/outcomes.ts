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

interface Said {
  readonly start: Told | undefined;
  readonly end: Told | undefined;
}

type Agreement = (history: History, attempt: AttemptRow, said: Said) => string | null;

/** What each outcome must agree with; null when it does. */
const agreements: Readonly<Record<string, Agreement>> = {
  succeeded: (_, __, { end }) => {
    if (end === undefined) return 'succeeded, and the job said no end';
    return end.exitCode === 0 ? null : `succeeded, and the job said exit ${end.exitCode}`;
  },
  failed: (_, { exitCode, reason }, { end }) => {
    if (end === undefined) return `failed with ${exitCode} (${reason}), and the job said no end`;
    return end.exitCode === exitCode ? null : `failed with ${exitCode}, and the job said exit ${end.exitCode}`;
  },
  lost: ({ faults }, { startedAt, endedAt, reason }) => {
    if (reason === null) return 'lost, and nothing says why';
    return harmedBetween(faults, (startedAt ?? endedAt) - 1000, endedAt) ? null : `lost (${reason}) without a fault`;
  },
  not_started: (_, __, { start }) => (start === undefined ? null : 'not started, and the job said that it was'),
  cancelled: ({ faults }, { endedAt, reason }) =>
    faults.some(({ kind, at, until }) => kind === 'worker_drained' && at <= endedAt && until >= endedAt)
      ? null
      : `cancelled (${reason}) and nobody wished it`,
};

function disagreement(history: History, attempt: AttemptRow, said: Said): string | null {
  const agreement = agreements[attempt.outcome];
  if (agreement === undefined) return `has the outcome ${attempt.outcome}, which no job of a round can have`;
  return agreement(history, attempt, said);
}

/** The run is what its last attempt was, its attempts are numbered without a hole, and what started has an attempt. */
function recordFaults(run: RunRow, starts: ReadonlyMap<string, Told>): string[] {
  const numbers = [...new Set(run.attempts.map(({ attempt }) => attempt))];
  const started = [...starts.values()].filter(({ runId }) => runId === run.id).map(({ attempt }) => attempt);
  const most = Math.max(0, ...started);
  const faults = lastFaults(run);
  if (numbers.some((number, index) => number !== index + 1))
    faults.push(`run ${run.id} has attempts ${numbers.join(', ')}`);
  if (most > numbers.length) faults.push(`run ${run.id} started attempt ${most} and has ${numbers.length}`);
  if (['queued', 'starting', 'running'].includes(run.state)) faults.push(`run ${run.id} is still ${run.state}`);
  return faults;
}

function lastFaults({ id, state, attempts }: RunRow): string[] {
  const outcome = attempts.at(-1)?.outcome;
  // Every job of a round can be started: what the machine lacked for the moment is no failure of the run.
  if (outcome === 'not_started') return state === 'failed' ? [`run ${id} failed without a start`] : [];
  if (outcome === undefined || outcome === state || state === 'cancelled') return [];
  return [`run ${id} is ${state}, and its last attempt ${outcome}`];
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
