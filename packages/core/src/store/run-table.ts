import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Limited } from '../model/limit.ts';
import type { Attempt, FailedRun, Priority, Progress, Run, RunState, Trigger } from '../model/run.ts';
import type { Page, PageRequest } from './job-tables.ts';

/** A run about to exist: its record and its place in the queue are written together. */
export interface NewRun {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly jobId: Id;
  readonly jobVersion: number;
  readonly trigger: Trigger;
  readonly scheduleId: Id | null;
  readonly dueAt: Instant | null;
  readonly priority: Priority;
  /** Queue name and worker labels; the store numbers the pair. */
  readonly queue: string;
  readonly workerLabels: readonly string[];
  readonly onLost: 'fail' | 'rerun';
  /** How many of the job's runs may live at once; null is no limit. */
  readonly slots: number | null;
  readonly availableAt: Instant;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly note: string | null;
  readonly requestedBy: string | null;
  readonly cause: Reference | null;
  /** Waits for a reason other than its turn, or null. */
  readonly reason: string | null;
  /** Carried out by the worker itself, in the tick that claims it: {@link beginsDirectly}. Default false. */
  readonly direct?: boolean;
  /** Named locks that it holds while it lives. Default none. */
  readonly locks?: readonly string[];
}

/** When a run that a schedule made was due, and when it began. */
export interface ScheduledStart {
  readonly createdAt: Instant;
  readonly dueAt: Instant;
  readonly startedAt: Instant;
}

/** A run that has not ended: where it stands decides its state. */
export interface LiveRun {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly jobId: Id;
  readonly state: 'queued' | 'starting' | 'running';
  readonly trigger: Trigger;
  readonly dueAt: Instant | null;
  readonly attempt: number;
}

export interface RunFilter {
  readonly jobId?: Id;
  readonly states?: readonly RunState[];
  readonly triggers?: readonly Trigger[];
  readonly reason?: string;
  readonly workerId?: Id;
  /** Created at or after. */
  readonly from?: Instant;
  /** Created before. */
  readonly to?: Instant;
}

/** A waiting run in its line, with what it counts against. */
export interface LinePlace extends Limited {
  readonly runId: Id;
  readonly jobId: Id;
}

/** Counts of ended runs in a window. */
export interface RunCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly timed_out: number;
  readonly cancelled: number;
  readonly lost: number;
}

/** Runs of one kind, by state. */
export interface RunTally extends RunCounts {
  readonly waiting: number;
  /** Starting or running. */
  readonly live: number;
}

/** What a job's newest runs say of its failures. */
export interface JobFailures {
  readonly failures: readonly FailedRun[];
  readonly lastSuccess: Reference | null;
}

/** The record. One insert and one completing update in a run's life. */
export interface RunTable {
  /** Record and queue row. */
  insert(runs: readonly NewRun[]): Promise<void>;
  /** The same, with the commit of the transaction: for who reads none of it before. */
  insertLast(runs: readonly NewRun[]): Promise<void>;
  get(reference: Reference): Promise<Run | null>;
  /** Those that are there. */
  some(references: readonly Reference[]): Promise<readonly Run[]>;
  /** For callers that hold only the number; one index probe a partition. */
  find(id: Id): Promise<Run | null>;
  /** Newest first, by key. A page may be short and have a next one: it looks through so much of the record, and no further. */
  list(filter: RunFilter, page: PageRequest): Promise<Page<Run>>;
  attempts(reference: Reference): Promise<readonly Attempt[]>;
  /** Waiting and live runs of these jobs, oldest first. */
  live(jobIds: readonly Id[]): Promise<readonly LiveRun[]>;
  /** Of these jobs the runs that workers have, oldest first; however many wait, these are no more than there are slots. */
  leased(jobIds: readonly Id[]): Promise<readonly LiveRun[]>;
  /** Waiting runs in the order they will be claimed; last those whose instant is ahead. @param stepMs of ageing, default 0 */
  waiting(limit: number, stepMs?: Millis): Promise<readonly Run[]>;
  /**
   * Waiting runs that nobody has tried, with a start deadline that may have passed: by their number, from the one after
   * `after`. Whether it has passed is for the policy to say; backfills are absent, as they have none.
   */
  waitingTooLong(after: Id, limit: number): Promise<readonly Reference[]>;
  /** Everything that runs now, oldest first. */
  running(limit: number): Promise<readonly Run[]>;
  /** Those that ended last, newest first. */
  ended(limit: number): Promise<readonly Run[]>;
  /** Of the last `limit` that ended, those that a schedule made and that began, in no order. */
  starts(limit: number): Promise<readonly ScheduledStart[]>;
  countLive(): Promise<{ readonly queued: number; readonly leased: number; readonly oldestQueuedAt: Instant | null }>;
  /** Of ended runs but those of drafts, in [from, to). By their events and what was counted of them, never by scanning the record. */
  counts(from: Instant, to: Instant): Promise<RunCounts>;
  /** Run times in milliseconds of the newest succeeded runs among the newest two thousand of a job, newest first. */
  durations(jobId: Id, limit: number): Promise<readonly number[]>;
  /** The same for many jobs; one without such runs is absent. */
  durationsOf(jobIds: readonly Id[], limit: number): Promise<ReadonlyMap<Id, readonly number[]>>;
  /**
   * Runs of a job for instants of [from, to], whatever made them; null is the state of one that has not ended. A run is
   * never made before its instant.
   */
  dueIn(
    jobId: Id,
    span: { readonly from: Instant; readonly to: Instant },
  ): Promise<readonly { readonly dueAt: Instant; readonly state: RunState | null }[]>;
  /** Of a job's runs of one trigger; `createdAt` narrows to those that were made together. */
  tally(jobId: Id, which: { readonly trigger: Trigger; readonly createdAt: Instant | null }): Promise<RunTally>;
  /**
   * Failed runs of automatic triggers by job, newest first, with the newest success among the runs looked at: `look` of
   * each job, after its `from`.
   */
  failures(
    jobs: readonly { readonly jobId: Id; readonly from: Instant | null }[],
    most: { readonly look: number; readonly limit: number },
  ): Promise<ReadonlyMap<Id, JobFailures>>;
  /** Waiting runs of a queue that could be claimed, in the order of claims. @param stepMs of ageing */
  line(queue: string, options: { readonly stepMs: Millis; readonly limit: number }): Promise<readonly LinePlace[]>;
  /**
   * Puts a waiting run before all others of its queue. @returns false when it does not wait, or its instant is still ahead
   */
  moveToFront(id: Id): Promise<boolean>;
  /**
   * Takes waiting runs out of the queue and ends them. Live ones are untouched.
   * @returns the runs that were waiting
   */
  endWaiting(
    ids: readonly Id[],
    end: { readonly state: 'cancelled' | 'failed'; readonly reason: string; readonly by: string | null },
  ): Promise<readonly Id[]>;
  /** Notes the wish on a live run; its worker carries it out. @returns false when it has ended or had one already. */
  requestCancel(reference: Reference, wish: { readonly reason: string; readonly by: string | null }): Promise<boolean>;
  /** Result, progress and such, written while the run lives or as it ends; never decides anything. */
  report(reference: Reference, report: { readonly progress?: Progress; readonly result?: unknown }): Promise<void>;
  /** Ended runs created before `before`, oldest first, for retention. */
  expired(before: Instant, limit: number): Promise<readonly Reference[]>;
  remove(references: readonly Reference[]): Promise<void>;
}
