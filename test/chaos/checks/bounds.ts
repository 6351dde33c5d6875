/** Check 8: how soon what was broken works again. Bounds of the contract; what was measured is told beside them. */
import type { AttemptRow, FaultKind, History, Struck } from '../history.ts';
import { instantsOf } from '../oracle.ts';

export interface Measured {
  /** What the bound is about, in words. */
  readonly name: string;
  readonly boundMs: number;
  /** One figure a fault, in milliseconds. */
  readonly tookMs: readonly number[];
}

/** Clocks of witness, harness and database are read at different moments. */
const slackMs = 250;
/** A round's workers are lost after 20 s. */
const lostAfterMs = 20_000;

type Bound = Pick<Measured, 'name' | 'boundMs'> & {
  readonly kinds: readonly FaultKind[];
  /** Null when this fault met nothing that could be measured. */
  readonly took: (history: History, fault: Struck) => number | null;
};

const bounds: readonly Bound[] = [
  {
    name: 'worker killed and started again: its runs are settled',
    boundMs: 3000,
    kinds: ['worker_killed', 'worker_and_spawner_killed', 'everything_killed'],
    took: (history, fault) => latest(attemptsCut(history, fault).map(({ endedAt }) => endedAt - fault.until)),
  },
  {
    name: 'worker gone: its runs are settled',
    boundMs: lostAfterMs + 5000,
    kinds: ['worker_gone'],
    took: (history, fault) => latest(attemptsCut(history, fault).map(({ endedAt }) => endedAt - fault.at)),
  },
  {
    name: 'scheduler dead or silent: the other one plans',
    boundMs: 2000,
    kinds: ['scheduler_killed', 'scheduler_stopped', 'scheduler_drained'],
    took: (history, { at, until }) => latest(decisionsOf(history, at, until)),
  },
  {
    name: 'PostgreSQL is back: instants are planned again',
    boundMs: 5000,
    kinds: ['database_restarted'],
    took: (history, { until }) => firstAfter(history, until),
  },
  {
    name: 'the disk has room again: instants are planned again',
    boundMs: 5000,
    kinds: ['disk_full'],
    took: (history, { until }) => firstAfter(history, until),
  },
  {
    name: 'the clock is right again: instants are planned again',
    boundMs: 10_000,
    kinds: ['clock_jumped'],
    took: (history, { until }) => firstAfter(history, until),
  },
];

export function measure(history: History): readonly Measured[] {
  return bounds.map(({ name, boundMs, kinds, took }) => ({
    name,
    boundMs,
    tookMs: history.faults.flatMap((fault) =>
      kinds.includes(fault.kind) && isAlone(history, fault, boundMs) ? (took(history, fault) ?? []) : [],
    ),
  }));
}

/** What the next fault delays is not this one's doing: there was quiet for as long as the bound allows. */
function isAlone({ faults }: History, { at, until }: Struck, boundMs: number): boolean {
  return !faults.some((next) => next.at > at && next.at <= until + boundMs);
}

/** (8) Nothing takes longer than it may. */
export function withinBounds(history: History): string[] {
  return measure(history).flatMap(({ name, boundMs, tookMs }) =>
    tookMs.filter((ms) => ms > boundMs + slackMs).map((ms) => `${name} after ${ms} ms instead of ${boundMs}`),
  );
}

const latest = (figures: readonly number[]): number | null => (figures.length === 0 ? null : Math.max(0, ...figures));

/** Attempts of the worker that was struck which were under way, and did not end in the moment itself. */
function attemptsCut({ runs, workers }: History, { kind, target, at }: Struck): readonly AttemptRow[] {
  const struck = kind === 'everything_killed' ? Object.values(workers) : [workers[target.split(' ')[0] ?? '']];
  return runs.flatMap(({ attempts }) =>
    attempts.filter(
      ({ workerId, outcome, startedAt, endedAt }) =>
        outcome === 'lost' && struck.includes(workerId ?? '') && (startedAt ?? Infinity) < at && endedAt > at,
    ),
  );
}

/** How long after its instant each row that was due between two moments was decided. */
function decisionsOf({ ledger }: History, from: number, until: number): readonly number[] {
  return ledger.flatMap((row) =>
    row.kind === 'row' && row.dueAt > from && row.dueAt <= until ? [Math.max(0, row.decidedAt - row.dueAt)] : [],
  );
}

/**
 * How long after a moment the first instant due behind it was decided: until the end of the round when it never was, null
 * when none was due soon.
 */
function firstAfter({ jobs, ledger }: History, moment: number): number | null {
  const end = Math.max(...jobs.map(({ until }) => until));
  const due = jobs.flatMap(({ schedules }) =>
    schedules.flatMap(({ rule }) => instantsOf(rule, moment, Math.min(end, moment + 10_000))[0] ?? []),
  );
  if (due.length === 0) return null;
  const first = Math.min(...due);
  const decided = ledger.flatMap((row) =>
    row.kind === 'row' && row.dueAt >= first && row.decidedAt >= moment ? [row.decidedAt] : [],
  );
  return Math.min(end, ...decided) - moment;
}
