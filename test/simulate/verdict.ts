/** The promises, asked of a world that is over. What the real-process harness asks too is asked with its own checks. */
import { occurrencesHaveRuns } from '../chaos/checks/instants.ts';
import { triggersKept } from '../chaos/checks/outcomes.ts';
import { risingFences, startsOnce } from '../chaos/checks/starts.ts';
import type { AttemptRow, History, RunRow, Told } from '../chaos/history.ts';
import { instantsOf } from '../chaos/oracle.ts';
import { mendedMs } from './plan.ts';
import type { Loss } from './record.ts';
import { isDeadly } from './outages.ts';
import type { World } from './world.ts';

const named = (promise: string, faults: readonly string[]): string[] => faults.map((fault) => `${promise}: ${fault}`);

/** Everything that is wrong; empty when every promise was kept. */
export function judge(world: World, history: History): string[] {
  return [
    ...named('P1', ledgerComplete(history)),
    ...named('P1, P2', occurrencesHaveRuns(history)),
    ...named('P3', startsOnce(history)),
    ...named('P4', lossesBounded(world, history)),
    ...world.testimony.overlaps,
    ...named('P6', risingFences(history)),
    ...world.record.faults,
    ...named('C13', triggersKept(history)),
    ...named('outcomes', outcomesTrue(history)),
    ...named('amnesty', lossesExplained(world)),
    ...named('liveness', firesAgain(world, history)),
    ...named('liveness', settled(history)),
    ...named(
      'P9',
      [...world.testimony.live].map(({ order }) => `run ${order.runId} lives on`),
    ),
  ];
}

/** An instant so shortly before the pause may have been paused, or not. */
const edgeMs = 2000;
/** The furthest that clocks of a world go back, all together. */
const furthestBackMs = 7 * 3_600_000;

/**
 * (P1) Every instant of the oracle between creation and pause is one row or lies in one gap, and gaps count right. A clock
 * that was set back makes times before the creation come again: what is decided of them is right, but not owed.
 */
function ledgerComplete({ jobs, ledger }: History): string[] {
  return jobs.flatMap(({ name, from, until, schedules }) =>
    schedules.flatMap(({ id, rule }) => {
      const own = ledger.filter(({ scheduleId }) => scheduleId === id);
      const gaps = own.filter((entry) => entry.kind === 'gap');
      const rows = own.filter((entry) => entry.kind === 'row').map(({ dueAt }) => dueAt);
      const first = Math.min(from, ...rows, ...gaps.map((gap) => gap.from)) - 1;
      if (first < from - furthestBackMs) return [`${name}: an entry lies before every clock of this world`];
      const instants = new Set(instantsOf(rule, first, Math.max(until, ...rows, ...gaps.map(({ to }) => to))));
      const times = (at: number): number =>
        rows.filter((row) => row === at).length + gaps.filter((gap) => gap.from <= at && at <= gap.to).length;
      const faults = [...instants].flatMap((at) => {
        const found = times(at);
        if (found > 1) return [`${iso(at)} is there ${found} times`];
        return found === 0 && at > from && at < until - edgeMs ? [`${iso(at)} is missing`] : [];
      });
      for (const at of rows) if (!instants.has(at)) faults.push(`${iso(at)} is no instant of the rule`);
      for (const gap of gaps) {
        const found = [...instants].filter((at) => gap.from <= at && at <= gap.to).length;
        if (found !== gap.count) faults.push(`the gap from ${iso(gap.from)} counts ${gap.count}, the rule ${found}`);
      }
      return faults.map((fault) => `${name}, schedule ${id}: ${fault}`);
    }),
  );
}

const iso = (at: number): string => new Date(at).toISOString();

/** (P4) With `rerun` a run ends as lost only after so many losses. */
function lossesBounded({ plan }: World, { jobs, runs }: History): string[] {
  const onLost = new Map(jobs.map((job) => [job.id, job.onLost]));
  return runs.flatMap(({ id, jobId, state, reason, attempts }) => {
    const losses = attempts.filter(({ outcome }) => outcome === 'lost').length;
    if (onLost.get(jobId) !== 'rerun' || state !== 'lost' || reason === 'stuck') return [];
    return losses === plan.settings.maxLost ? [] : [`run ${id} is lost for good after ${losses} losses`];
  });
}

/** An attempt's outcome is what the job said of its end. */
function outcomesTrue({ runs, told }: History): string[] {
  const linesOf = (kind: Told['kind']): Map<string, Told> =>
    new Map(told.filter((line) => line.kind === kind).map((line) => [`${line.runId} ${line.attempt}`, line]));
  const [starts, ends] = [linesOf('start'), linesOf('end')];
  return runs.flatMap((run) => [
    ...run.attempts.flatMap((attempt) => {
      const key = `${run.id} ${attempt.attempt}`;
      const tries = run.attempts.filter((each) => each.attempt === attempt.attempt).length;
      const fault = disagreement(attempt, { started: starts.has(key), end: ends.get(key), tries });
      return fault === null ? [] : [`run ${run.id}, attempt ${attempt.attempt}: ${fault}`];
    }),
    ...recordFaults(run),
  ]);
}

interface Said {
  readonly started: boolean;
  readonly end: Told | undefined;
  /** Attempts of that number: a start that the machine refused keeps it. */
  readonly tries: number;
}

const said = (end: Told | undefined): string => `and the job said ${end?.exitCode ?? 'nothing'}`;

/** What each outcome must agree with; null when it does. */
const agreements: { readonly [outcome: string]: (attempt: AttemptRow, said: Said) => string | null } = {
  succeeded: (_, { end }) => (end?.exitCode === 0 ? null : `succeeded, ${said(end)}`),
  failed: ({ exitCode }, { end }) => (end?.exitCode === exitCode ? null : `failed with ${exitCode}, ${said(end)}`),
  not_started: (_, { started, tries }) => (started && tries === 1 ? 'not started, and the job said that it was' : null),
  lost: ({ reason }) => (reason === null ? 'lost, and nothing says why' : null),
};

function disagreement(attempt: AttemptRow, told: Said): string | null {
  return agreements[attempt.outcome]?.(attempt, told) ?? null;
}

/** Attempts are numbered without a hole, and the run is what its last attempt was. */
function recordFaults({ id, state, attempts }: RunRow): string[] {
  const numbers = [...new Set(attempts.map(({ attempt }) => attempt))];
  const faults: string[] = [];
  if (numbers.some((number, index) => number !== index + 1))
    faults.push(`run ${id} has attempts ${numbers.join(', ')}`);
  const outcome = attempts.at(-1)?.outcome;
  if (outcome === undefined || outcome === state || state === 'cancelled') return faults;
  if (outcome === 'not_started' && state !== 'failed') return faults;
  return [...faults, `run ${id} is ${state}, and its last attempt ${outcome}`];
}

/** `lost` only where something was killed, or was silent for so long that the contract says so. */
function lossesExplained(world: World): string[] {
  return world.record.losses
    .filter((loss) => loss.reason === 'stuck' || !isExplained(world, loss))
    .map(
      ({ runId, fence, worker, reason, lostAt }) =>
        `run ${runId} (fence ${fence}, ${worker}) was lost at ${Math.round(lostAt)}: ${reason}`,
    );
}

function isExplained(world: World, { worker, onLost, intendedAt, lostAt }: Loss): boolean {
  const { outages, plan, testimony } = world;
  const { leaseMs, lostAfterMs, heartbeatMs } = plan.settings;
  const from = (intendedAt ?? lostAt) - leaseMs;
  const killed = testimony.harm.some(
    ({ fault, at }) => isDeadly(fault.kind) && at >= from && at <= lostAt && outages.concerns(fault, worker),
  );
  // An outage of the database silences everybody, and loses nothing but what the leash has to end.
  const silent = outages.silenceOf(worker, { from, to: lostAt, everybody: onLost === 'rerun' });
  return killed || silent >= lostAfterMs - leaseMs - 2 * heartbeatMs - 1000;
}

/**
 * After everything is mended each instant is decided in time, unless a clock that was ahead had decided it before. Asked of
 * the world's own time: what a clock said of the decision tells nothing once it has been set.
 */
function firesAgain(world: World, { jobs, ledger }: History): string[] {
  const graceMs = 15_000;
  const inTimeMs = 5000;
  const shift = world.centre.wall() - world.agenda.now;
  const isInTime = (scheduleId: string, at: number): boolean => {
    const decidedAt = world.record.decidedAt(scheduleId, at);
    if (decidedAt !== null) return decidedAt <= at - shift + inTimeMs;
    return ledger.some((row) => row.kind === 'gap' && row.scheduleId === scheduleId && row.from <= at && at <= row.to);
  };
  return jobs.flatMap((job) =>
    job.schedules.flatMap(({ id, rule }) => {
      const due = instantsOf(rule, mendedMs + graceMs + shift, job.until - inTimeMs - edgeMs);
      const late = due.filter((at) => !isInTime(id, at));
      return late.length === 0
        ? []
        : [`${job.name}, schedule ${id}: ${late.length} instants after the last fault were decided late or never`];
    }),
  );
}

/** Nothing waits, nothing is held, and every run has ended. */
function settled({ runs, remains }: History): string[] {
  const open = runs
    .filter(({ state }) => state === 'queued')
    .map(({ id, trigger }) => `run ${id} (${trigger}) never ended`);
  return remains.open === 0 ? open : [...open, `${remains.open} rows are left in queue and leases`];
}
