/**
 * What three witnesses told of one round: the jobs themselves (W), the ledger over REST (L), the harness (H).
 *
 * Everything that happened is in the machine's time, also what the product wrote down while its clock was wrong. What
 * is named by a rule (`dueAt`, `from`, `to`) is in the time of the rule.
 */
import type { Rule } from './oracle.ts';

/** One line a job wrote. Their order in the file is the order in which they happened. */
export interface Told {
  readonly kind: 'start' | 'end' | 'overlap' | 'stale';
  readonly runId: string;
  readonly jobId: string;
  /** `JTP_OCCURRENCE_KEY`. */
  readonly key: string;
  readonly attempt: number;
  readonly fence: number;
  readonly pid: number;
  /** Wall clock, to a hundredth of a second: the machine's time since it started, plus when that was. */
  readonly at: number;
  /** Of an `end`; null of the others. */
  readonly exitCode: number | null;
  /** Of an `overlap`: the run whose tree is alive still. Of `stale`: nothing. */
  readonly other: string | null;
}

interface ScheduleFacts {
  readonly id: string;
  readonly rule: Rule;
  readonly periodMs: number;
}

export interface JobFacts {
  readonly id: string;
  readonly name: string;
  readonly onLost: 'fail' | 'rerun';
  /** `max_concurrent` 1. */
  readonly exclusive: boolean;
  /** Attempts that a known failure may use up. */
  readonly attempts: number;
  readonly schedules: readonly ScheduleFacts[];
  /** Its schedules name instants from here, exclusive. */
  readonly from: number;
  /** When the pause that ended the round was asked for: before it, it was active. */
  readonly until: number;
}

export type LedgerRow =
  | {
      readonly kind: 'row';
      readonly scheduleId: string;
      readonly dueAt: number;
      readonly runId: string | null;
      readonly reason: string | null;
      readonly decidedAt: number;
    }
  | {
      readonly kind: 'gap';
      readonly scheduleId: string;
      readonly from: number;
      readonly to: number;
      readonly count: number;
      readonly reason: string | null;
      readonly decidedAt: number;
    };

export interface AttemptRow {
  readonly attempt: number;
  readonly workerId: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number;
}

export interface RunRow {
  readonly id: string;
  readonly jobId: string;
  readonly trigger: string;
  readonly scheduleId: string | null;
  readonly dueAt: number | null;
  readonly state: string;
  readonly reason: string | null;
  readonly note: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly attempts: readonly AttemptRow[];
}

/** A request for a run. Acknowledged when an answer came back. */
export interface Trigger {
  readonly note: string;
  readonly jobId: string;
  readonly at: number;
  readonly runId: string | null;
}

export const faultKinds = [
  'scheduler_killed',
  'worker_killed',
  'spawner_killed',
  'worker_and_spawner_killed',
  'portal_killed',
  'scheduler_stopped',
  'worker_stopped',
  'worker_drained',
  'scheduler_drained',
  'everything_killed',
  'connections_cut',
  'database_restarted',
  'worker_gone',
  'clock_jumped',
  'disk_full',
  'network_stalled',
  'network_slow',
  'answers_lost',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Which rows of the fault catalogue each kind is. */
export const faultRows: Readonly<Record<FaultKind, readonly string[]>> = {
  scheduler_killed: ['F1'],
  worker_killed: ['F5'],
  spawner_killed: ['F11'],
  worker_and_spawner_killed: ['F5'],
  portal_killed: ['F12'],
  scheduler_stopped: ['F3'],
  worker_stopped: ['F8'],
  worker_drained: ['F54'],
  scheduler_drained: ['F54'],
  everything_killed: ['F14'],
  connections_cut: ['F25'],
  database_restarted: ['F24'],
  worker_gone: ['F6'],
  clock_jumped: ['F32', 'F33'],
  disk_full: ['F17', 'F18'],
  network_stalled: ['F27'],
  network_slow: ['F31'],
  answers_lost: ['F26'],
};

export interface Struck {
  readonly kind: FaultKind;
  readonly target: string;
  readonly at: number;
  /** What was struck works again. */
  readonly until: number;
}

/** A span in which the wall clocks of all processes, and the database's, were ahead of the machine's. */
export interface Shift {
  readonly at: number;
  readonly until: number;
  readonly offsetMs: number;
}

/** What is left when everything has been asked to end. */
interface Remains {
  /** Processes that carry a run of this round in their environment. */
  readonly orphans: readonly string[];
  /** Rows in the queue, and leases, after the quiet. */
  readonly open: number;
  /** Processes of ours that ended by themselves, with what they said last. */
  readonly crashes: readonly string[];
  /** The database's own word on its integrity; `ok` when there is nothing to say. */
  readonly integrity: string;
}

export interface History {
  readonly database: 'sqlite' | 'postgres';
  readonly seed: number;
  /** Ids of the workers by their names. */
  readonly workers: Readonly<Record<string, string>>;
  readonly shifts: readonly Shift[];
  readonly jobs: readonly JobFacts[];
  readonly told: readonly Told[];
  readonly ledger: readonly LedgerRow[];
  readonly runs: readonly RunRow[];
  readonly triggers: readonly Trigger[];
  readonly faults: readonly Struck[];
  readonly remains: Remains;
}

/** Faults that end or silence something that carries runs out. */
const harmful: ReadonlySet<FaultKind> = new Set([
  'worker_killed',
  'spawner_killed',
  'worker_and_spawner_killed',
  'everything_killed',
  'worker_stopped',
  'worker_gone',
]);

/** Whether a fault that may cost runs touches the time between two instants. */
export function harmedBetween(faults: readonly Struck[], from: number, to: number): boolean {
  return faults.some((fault) => harmful.has(fault.kind) && fault.at <= to && fault.until >= from);
}
