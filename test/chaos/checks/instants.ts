/** Checks 1 and 2: what was due, against the ledger and against the starts. */
import type { History, JobFacts, LedgerRow, RunRow } from '../history.ts';
import { match } from '../matching.ts';
import { instantsOf } from '../oracle.ts';
import { furthestAhead, latestTold } from '../shift.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** An instant so shortly before the pause may have been paused, or not. */
const edgeMs = 2000;

/** (1) Instants of the oracle = rows + counts of the gaps, each exactly once. */
export function ledgerComplete({ jobs, ledger, shifts }: History): string[] {
  return jobs.flatMap((job) =>
    job.schedules.flatMap((schedule) => {
      const own = ledger.filter(({ scheduleId }) => scheduleId === schedule.id);
      const named = instantsOf(schedule.rule, job.from, latestTold(shifts, job.until));
      return faultsOf(job, named, own).map((fault) => `${job.name}, schedule ${schedule.id}: ${fault}`);
    }),
  );
}

/** @param instants that the rule names, also those that came only by a clock that was ahead */
function faultsOf({ until }: JobFacts, instants: readonly number[], own: readonly LedgerRow[]): string[] {
  const gaps = own.filter((entry) => entry.kind === 'gap');
  const rows = own.filter((entry) => entry.kind === 'row').map(({ dueAt }) => dueAt);
  return [
    ...timesFaults(instants, rows, gaps, until),
    ...rowFaults(instants, rows, until),
    ...gapFaults(instants, gaps),
  ];
}

type Gap = Extract<LedgerRow, { kind: 'gap' }>;

const isIn = (at: number, { from, to }: Gap): boolean => at >= from && at <= to;

function timesFaults(
  instants: readonly number[],
  rows: readonly number[],
  gaps: readonly Gap[],
  until: number,
): readonly string[] {
  const byInstant = Map.groupBy(rows, (at) => at);
  return instants.flatMap((at) => {
    const times = (byInstant.get(at)?.length ?? 0) + gaps.filter((gap) => isIn(at, gap)).length;
    if (times > 1) return [`${iso(at)} is there ${times} times`];
    return times === 0 && at < until - edgeMs ? [`${iso(at)} is missing`] : [];
  });
}

function rowFaults(instants: readonly number[], rows: readonly number[], until: number): readonly string[] {
  const named = new Set(instants);
  return [...new Set(rows)]
    .filter((at) => at <= until && !named.has(at))
    .map((at) => `${iso(at)} is no instant of the rule`);
}

function gapFaults(instants: readonly number[], gaps: readonly Gap[]): readonly string[] {
  return gaps.flatMap((gap) => {
    const found = instants.filter((at) => isIn(at, gap)).length;
    return gap.count === found ? [] : [`the gap from ${iso(gap.from)} counts ${gap.count}, the rule ${found}`];
  });
}

/** (1) An occurrence names a run that exists and is its own, or a reason; a run of a schedule has its occurrence. */
export function occurrencesHaveRuns({ ledger, runs }: History): string[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const rows = ledger.filter((entry) => entry.kind === 'row');
  const named = new Set(rows.map(({ runId }) => runId));
  const faults = rows.flatMap((row) => occurrenceFaults(row, row.runId === null ? undefined : byId.get(row.runId)));
  const ofSchedules = runs.filter(({ trigger }) => trigger === 'schedule' || trigger === 'catch_up');
  for (const { id } of ofSchedules) if (!named.has(id)) faults.push(`run ${id} has no occurrence`);
  const keys = ofSchedules.map(({ scheduleId, dueAt }) => `${scheduleId}@${dueAt}`);
  if (new Set(keys).size !== keys.length) faults.push('an occurrence has two runs');
  return faults;
}

function occurrenceFaults(
  { runId, reason, scheduleId, dueAt }: Extract<LedgerRow, { kind: 'row' }>,
  run: RunRow | undefined,
): readonly string[] {
  const faults = (runId === null) === (reason === null) ? [`${iso(dueAt)} has run and reason, or neither`] : [];
  if (runId === null) return faults;
  if (run === undefined) return [...faults, `${iso(dueAt)} names run ${runId}, which does not exist`];
  if (run.scheduleId === scheduleId && run.dueAt === dueAt) return faults;
  return [...faults, `${iso(dueAt)} names run ${runId}, which is of another instant`];
}

/** A jump of the clock is believed after 10 s; what is decided sooner was decided by a clock that nobody had looked at. */
const doubtMs = 9000;

/** (2) Nothing is planned by a clock that has just jumped. */
export function jumpsDoubted({ ledger, shifts }: History): string[] {
  return shifts.flatMap(({ at, offsetMs }) => {
    const rash = ledger.filter((entry) => {
      const dueAt = entry.kind === 'gap' ? entry.to : entry.dueAt;
      return dueAt > at + offsetMs / 2 && entry.decidedAt > at && entry.decidedAt < at + doubtMs;
    });
    return rash.length === 0 ? [] : [`${rash.length} entries by a clock that had jumped ahead at ${iso(at)}`];
  });
}

/** A start later than this after its instant belongs to none. Faults, retries and waiting in line are within it. */
const withinMs = 120_000;
/** The witness reads a clock of a hundredth of a second. */
const clockMs = 50;

/** (2) Starts, without their names, matched to the instants whose runs were started: none missed, none extra. */
export function startsOnTime({ jobs, runs, told, shifts }: History): string[] {
  const ahead = Math.max(0, ...shifts.map(({ offsetMs }) => offsetMs));
  const unscheduled = new Set(runs.filter(({ scheduleId }) => scheduleId === null).map(({ id }) => id));
  const ended = new Set(told.filter(({ kind }) => kind === 'start').map(({ runId }) => runId));
  return jobs.flatMap((job) => {
    const due = runs.filter(({ id, jobId, dueAt }) => jobId === job.id && dueAt !== null && ended.has(id));
    const first = new Map<string, number>();
    for (const line of told)
      if (line.kind === 'start' && line.jobId === job.id && !unscheduled.has(line.runId) && !first.has(line.runId))
        first.set(line.runId, line.at + clockMs + furthestAhead(shifts, line.at + clockMs));
    const { missed, extra } = match(
      due.flatMap(({ dueAt }) => dueAt ?? []),
      [...first.values()],
      withinMs + ahead,
    );
    return [
      ...missed.map((at) => `${job.name}: ${iso(at)} has a run and no start`),
      ...extra.map((at) => `${job.name}: the start at ${iso(at)} belongs to no instant`),
    ];
  });
}
