/** Who claims runs and carries them out, and who plans them. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

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
  readonly draining: boolean;
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
}
