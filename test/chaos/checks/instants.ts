/** Checks 1 and 2: what was due, against the ledger and against the starts. */
import type { History, JobFacts, LedgerRow, ScheduleFacts } from '../history.ts';
import { match } from '../matching.ts';
import { instantsOf } from '../oracle.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** An instant so shortly before the pause may have been paused, or not. */
const edgeMs = 2000;

/** (1) Instants of the oracle = rows + counts of the gaps, each exactly once. */
export function ledgerComplete({ jobs, ledger }: History): string[] {
  return jobs.flatMap((job) =>
    job.schedules.flatMap((schedule) => {
      const own = ledger.filter(({ scheduleId }) => scheduleId === schedule.id);
      return faultsOf(job, schedule, own).map((fault) => `${job.name}, schedule ${schedule.id}: ${fault}`);
    }),
  );
}

function faultsOf(job: JobFacts, { rule }: ScheduleFacts, own: readonly LedgerRow[]): string[] {
  const faults: string[] = [];
  const gaps = own.filter((entry) => entry.kind === 'gap').map((gap) => ({ ...gap, found: 0 }));
  const rows = Map.groupBy(
    own.filter((entry) => entry.kind === 'row'),
    ({ dueAt }) => dueAt,
  );
  for (const at of instantsOf(rule, job.from, job.until)) {
    const around = gaps.filter(({ from, to }) => at >= from && at <= to);
    for (const gap of around) gap.found += 1;
    const times = (rows.get(at)?.length ?? 0) + around.length;
    rows.delete(at);
    if (times > 1) faults.push(`${iso(at)} is there ${times} times`);
    if (times === 0 && at < job.until - edgeMs) faults.push(`${iso(at)} is missing`);
  }
  for (const at of rows.keys()) if (at <= job.until) faults.push(`${iso(at)} is no instant of the rule`);
  for (const { from, count, found } of gaps)
    if (count !== found) faults.push(`the gap from ${iso(from)} counts ${count}, the rule ${found}`);
  return faults;
}

/** (1) An occurrence names a run that exists and is its own, or a reason; a run of a schedule has its occurrence. */
export function occurrencesHaveRuns({ ledger, runs }: History): string[] {
  const faults: string[] = [];
  const byId = new Map(runs.map((run) => [run.id, run]));
  const named = new Set<string>();
  for (const row of ledger) {
    if (row.kind !== 'row') continue;
    if ((row.runId === null) === (row.reason === null)) faults.push(`${iso(row.dueAt)} has run and reason, or neither`);
    if (row.runId === null) continue;
    named.add(row.runId);
    const run = byId.get(row.runId);
    if (run === undefined) faults.push(`${iso(row.dueAt)} names run ${row.runId}, which does not exist`);
    else if (run.scheduleId !== row.scheduleId || run.dueAt !== row.dueAt)
      faults.push(`${iso(row.dueAt)} names run ${row.runId}, which is of another instant`);
  }
  const ofSchedules = runs.filter(({ trigger }) => trigger === 'schedule' || trigger === 'catch_up');
  for (const { id } of ofSchedules) if (!named.has(id)) faults.push(`run ${id} has no occurrence`);
  const keys = ofSchedules.map(({ scheduleId, dueAt }) => `${scheduleId}@${dueAt}`);
  if (new Set(keys).size !== keys.length) faults.push('an occurrence has two runs');
  return faults;
}

/** A start later than this after its instant belongs to none. Faults, retries and waiting in line are within it. */
const withinMs = 120_000;
/** The witness reads a clock of a hundredth of a second. */
const clockMs = 50;

/** (2) Starts, without their names, matched to the instants whose runs were started: none missed, none extra. */
export function startsOnTime({ jobs, runs, told }: History): string[] {
  const unscheduled = new Set(runs.filter(({ scheduleId }) => scheduleId === null).map(({ id }) => id));
  const ended = new Set(told.filter(({ kind }) => kind === 'start').map(({ runId }) => runId));
  return jobs.flatMap((job) => {
    const due = runs.filter(({ id, jobId, dueAt }) => jobId === job.id && dueAt !== null && ended.has(id));
    const first = new Map<string, number>();
    for (const line of told)
      if (line.kind === 'start' && line.jobId === job.id && !unscheduled.has(line.runId) && !first.has(line.runId))
        first.set(line.runId, line.at + clockMs);
    const { missed, extra } = match(
      due.flatMap(({ dueAt }) => dueAt ?? []),
      [...first.values()],
      withinMs,
    );
    return [
      ...missed.map((at) => `${job.name}: ${iso(at)} has a run and no start`),
      ...extra.map((at) => `${job.name}: the start at ${iso(at)} belongs to no instant`),
    ];
  });
}
