/** Who claims runs and carries them out, and who plans them. */
import type { Id } from './id.ts';
import type { Instant, Millis } from './instant.ts';

/** How surely a worker can end a process tree (`docs/explanation/promises.md`). */
export const containments = ['pidns', 'cgroup', 'pgid'] as const;
export type Containment = (typeof containments)[number];

/** The label by which a job's demand travels with its runs. */
export function containmentLabel(level: Containment): string {
  return `containment:${level}`;
}

/** What a worker may claim: its own labels, and one for each level that its own one reaches. */
export function labelsWithContainment({ labels, containment }: Pick<Worker, 'labels' | 'containment'>): string[] {
  return [...labels, ...containments.slice(containments.indexOf(containment)).map(containmentLabel)];
}

/** What tells one process of a machine from every other, before and after a restart of the machine. */
export interface ProcessIdentity {
  /** Of the installation of the operating system; null where it has none, as in most containers. */
  readonly machineId: string | null;
  /** Another after each boot; the same in all containers of a machine. */
  readonly bootId: string;
  /** The process ids of two spaces say nothing of each other. Null where it cannot be seen. */
  readonly pidSpace: string | null;
  /** When the process started, in ticks since the boot: a number that is given out again meets another. */
  readonly startedAt: number | null;
}

export type WorkerState = 'online' | 'stale' | 'offline' | 'draining' | 'paused';

export interface Worker {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly name: string;
  readonly host: string;
  readonly platform: string;
  readonly pid: number;
  readonly version: string;
  readonly slots: number;
  readonly queues: readonly string[];
  readonly labels: readonly string[];
  readonly containment: Containment;
  /** A random number drawn at each start: what a lease belongs to. */
  readonly incarnation: number;
  readonly startedAt: Instant;
  readonly beatAt: Instant;
  /** Signed off, or declared lost; null while it is alive. */
  readonly lostAt: Instant | null;
  /** Takes nothing more and comes to its end: asked to stop, or by a person. Over with its process. */
  readonly draining: boolean;
  /** Since when a person has it take nothing more, also after a restart; null when it takes runs. */
  readonly pausedAt: Instant | null;
  /** Null where the system tells nothing of it, and of workers of earlier versions. */
  readonly process: ProcessIdentity | null;
  /** Of the data folder that it holds the lock of; null without one. */
  readonly folderId: string | null;
  /** What its clock is ahead of the database's, as of the last heartbeat; null before the first. */
  readonly clockOffset: Millis | null;
}

export interface SchedulerRow {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: Instant;
  readonly beatAt: Instant;
  /** When it last looked for due schedules. */
  readonly polledAt: Instant | null;
  readonly stoppedAt: Instant | null;
  /** What its clock is ahead of the database's, as of the last heartbeat; null before the first. */
  readonly clockOffset: Millis | null;
  /** A jump of the clock that it does not believe yet, and plans nothing meanwhile; null when it plans. */
  readonly hold: ClockHold | null;
}

/** From the last reading that was believed to the first that is not. */
export interface ClockHold {
  readonly from: Instant;
  readonly to: Instant;
  /** When a person said that the clock is right; null before. */
  readonly confirmedAt: Instant | null;
}
