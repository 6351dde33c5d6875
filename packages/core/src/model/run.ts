/** One carrying-out of a job, and the tries within it. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** Why a run exists. */
export const triggers = [
  'schedule',
  'manual',
  'api',
  'dependency',
  'retry',
  'catch_up',
  'backfill',
  'webhook',
] as const;
export type Trigger = (typeof triggers)[number];

/** `queued` and the two live states follow from the table a run stands in; the others are final and written once. */
export const runStates = [
  'queued',
  'starting',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
] as const;
export type RunState = (typeof runStates)[number];
export type FinalState = Exclude<RunState, 'queued' | 'starting' | 'running'>;

export const attemptOutcomes = ['succeeded', 'failed', 'timed_out', 'cancelled', 'lost', 'not_started'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** Legal moves of a run; a final state has none. `queued` again: given back unstarted, or waiting for a retry. */
export const runTransitions: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['starting', 'cancelled', 'failed'],
  starting: ['queued', 'running', 'succeeded', 'failed', 'timed_out', 'cancelled', 'lost'],
  running: ['queued', 'succeeded', 'failed', 'timed_out', 'cancelled', 'lost'],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  lost: [],
};

export function isFinal(state: RunState): state is FinalState {
  return runTransitions[state].length === 0;
}

/** Of what a run is one: enough to make its record again where that is gone. */
export interface Provenance {
  readonly jobId: Id;
  readonly jobVersion: number;
  readonly trigger: Trigger;
  readonly scheduleId: Id | null;
  readonly dueAt: Instant | null;
}

export function provenanceOf({ jobId, jobVersion, trigger, scheduleId, dueAt }: Provenance): Provenance {
  return { jobId, jobVersion, trigger, scheduleId, dueAt };
}

/** A lease's phase; the intent is committed between `claimed` and `starting`. */
export type LeasePhase = 'claimed' | 'starting' | 'running';

export const failureCategories = [
  'api_limit',
  'auth_error',
  'network_error',
  'config_error',
  'timeout',
  'script_error',
  'unknown',
] as const;
export type FailureCategory = (typeof failureCategories)[number];

/** Why an attempt did not succeed, for a person. */
export interface Failure {
  readonly category: FailureCategory;
  /** One sentence: "Exit 1 after 3 s". */
  readonly message: string;
  /** The last lines of standard error, a stack, or null. */
  readonly detail: string | null;
  /** When the limit that it met is free again, as the other side said; absent where nobody said. */
  readonly resetsAt?: Instant;
}

/** What a run reported about how far it is; the last line of its progress file. */
export interface Progress {
  /** 0 to 1, or null when only a message was reported. */
  readonly fraction: number | null;
  readonly message: string | null;
  /** What it is doing, such as `load`. Absent in what an earlier version wrote. */
  readonly phase?: string | null;
  /** Counts by name, such as `done` and `total`. Absent likewise. */
  readonly items?: ItemCounts | null;
  readonly at: Instant;
}

/** Things that a run has dealt with, by what became of them. */
export type ItemCounts = Readonly<Record<string, number>>;

const mostItems = 20;
const itemName = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,39}$/u;

/** Counts out of a JSON value: an object of names with numbers from 0 on, or one number. Null when it is neither. */
export function itemCountsOf(value: unknown): ItemCounts | null {
  if (isCount(value)) return { processed: value };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const found = Object.entries(value).filter(([name, count]) => itemName.test(name) && isCount(count));
  return found.length === 0 ? null : (Object.fromEntries(found.slice(0, mostItems)) as ItemCounts);
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** The counts that a run left in its result, as its field `items`. */
export function itemsOfResult(result: unknown): ItemCounts | null {
  return typeof result === 'object' && result !== null && 'items' in result ? itemCountsOf(result.items) : null;
}

/** A process of a tree that could not be ended. */
export interface Survivor {
  readonly pid: number;
  /** Its command line, as far as it fits. */
  readonly command: string;
}

/** What was found of an attempt's processes after its end. */
export interface TreeProof {
  /** Processes that were seen, the first included. */
  readonly processes: number;
  /** Empty when all of them have ended. */
  readonly survivors: readonly Survivor[];
  /** Those that outlived the first one, and were killed. Absent in what an earlier version wrote. */
  readonly leftBehind?: number;
  /** Those that had been asked to end (SIGTERM), had not when their grace was over, and were killed. Absent likewise. */
  readonly ignoredTerm?: number;
  /** The most memory it held, as far as the platform tells; absent or null where it does not. */
  readonly memoryPeakMb?: number | null;
  /** Processor time that it and what it started used. Absent likewise. */
  readonly cpuSeconds?: number | null;
  /** SHA-256 of the script as it was read just before the start; absent where there was none to read. */
  readonly scriptHash?: string;
}

/** One try within a run, numbered from 1. Its row is written when it ends; while it lives, its lease is its record. */
export interface Attempt {
  readonly runId: Id;
  readonly attempt: number;
  readonly fence: number;
  readonly workerId: Id | null;
  readonly outcome: AttemptOutcome;
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly failure: Failure | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant;
}

/** A run as it is read: its record joined with the table it stands in. */
export interface Run {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly jobId: Id;
  readonly jobName: string;
  /** Names the job outside, with its number; 0 for a job that is gone. */
  readonly jobCreatedAt: Instant;
  readonly jobVersion: number;
  readonly trigger: Trigger;
  readonly scheduleId: Id | null;
  readonly dueAt: Instant | null;
  readonly state: RunState;
  /** Why it waits, or how it ended beyond its state; a code of the reason catalogue. */
  readonly reason: string | null;
  /** The number of the current or last attempt; 0 before the first. */
  readonly attempt: number;
  /** Earliest instant of the next start while queued. */
  readonly availableAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly failure: Failure | null;
  readonly workerId: Id | null;
  readonly workerName: string | null;
  readonly priority: Priority;
  readonly queue: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly result: unknown;
  readonly progress: Progress | null;
  readonly note: string | null;
  /** The person, key or program that asked for it; null for the scheduler. */
  readonly requestedBy: string | null;
  /** The run this one repeats, follows or was caused by. */
  readonly causeRunId: Id | null;
  readonly causeCreatedAt: Instant | null;
  readonly cancelRequestedAt: Instant | null;
  readonly cancelReason: string | null;
  readonly cancelBy: string | null;
  /** A lease whose worker has been silent too long: a mark, not a state. */
  readonly suspect: boolean;
}

/** A run of an automatic trigger that failed for good, was timed out, or lost. */
export interface FailedRun {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly endedAt: Instant;
  readonly state: RunState;
  readonly reason: string | null;
  readonly failure: Failure | null;
}

export const priorities = ['critical', 'high', 'medium', 'low'] as const;
/** 0 (critical) to 3 (low) in the tables, these words elsewhere. */
export type Priority = (typeof priorities)[number];

/** A run before its first attempt, as the queue has it. */
export interface WaitingRun {
  readonly runId: Id;
  readonly trigger: Trigger;
  readonly availableAt: Instant;
  /** What its planning wrote down. */
  readonly reason: string | null;
}

/** From when on a waiting run can be claimed, and why not before. */
export type QueuePlace = Pick<WaitingRun, 'runId' | 'availableAt' | 'reason'>;
