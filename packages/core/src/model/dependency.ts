/** Which jobs wait for which, and what became of each job in one chain of runs. */
import type { Id, Reference } from './id.ts';
import type { Instant, Millis } from './instant.ts';

export const dependencyModes = ['all_success', 'any_success', 'all_complete'] as const;
/** When a set of prerequisites is satisfied: all succeeded, the first succeeded, or all have ended in whatever way. */
export type DependencyMode = (typeof dependencyModes)[number];

/** What a job waits for. */
export interface DependsOn {
  readonly mode: DependencyMode;
  /** The prerequisites: at least one, at most {@link mostPrerequisites}. */
  readonly jobs: readonly Reference[];
  /** How long ago a run outside the chain may have ended to count; null is a day. */
  readonly windowSeconds: number | null;
  /** What their results give its parameters; nothing when absent, as in versions older than this. */
  readonly pass?: readonly PassedValue[];
}

export const mostPrerequisites = 100;

/** A parameter that takes its value from the result of a prerequisite, where a chain starts the job. */
export interface PassedValue {
  readonly parameter: string;
  readonly job: Reference;
  /** Names and places on the way into the result, with dots between them, as {@link fieldOfResult} says. */
  readonly field: string;
}

export const fieldOfResult = /^[^.\s]{1,100}(?:\.[^.\s]{1,100}){0,9}$/u;

/** One line of the graph: `jobId` waits for `upstreamId`. */
export interface Dependency {
  readonly jobId: Id;
  readonly upstreamId: Id;
  readonly mode: DependencyMode;
  readonly windowMs: Millis | null;
}

/** What served a dependent as one of its prerequisites. */
export interface ServedBy extends Reference {
  readonly jobId: Id;
}

/** Of a job that did not start in a chain: its own gate's reason, or `dependency` with what had failed. */
export interface NotStarted {
  readonly reason: string;
  readonly causeJobId: Id | null;
  readonly cause: Reference | null;
}

/** What one job came to in one chain. It is there at most once, which is what makes a set start its job once. */
export interface ChainMember {
  /** The run that began the chain, which gives it its name. */
  readonly chain: Reference;
  readonly jobId: Id;
  /** Null for one that was not started. */
  readonly run: Reference | null;
  readonly notStarted: NotStarted | null;
  readonly servedBy: readonly ServedBy[];
  readonly decidedAt: Instant;
}
