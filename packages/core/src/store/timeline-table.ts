import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { SkipReason } from '../model/occurrence.ts';
import type { RunState, Trigger } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';

/** Which jobs are looked at; living ones only. Every field narrows; absent ones do not. */
export interface TimelineFilter {
  readonly jobIds?: readonly Id[];
  readonly tag?: string;
  /** Part of the job's name, case ignored; taken literally. */
  readonly search?: string;
}

/** The job of a mark, as far as a drawing needs it. */
export interface TimelineJob {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly name: string;
}

/** A schedule that names instants now, with the job it belongs to. */
export interface ScheduleInForce {
  readonly schedule: Pick<Schedule, 'id' | 'jobId' | 'cursorAt' | 'spec'>;
  readonly job: TimelineJob;
}

/** How many schedules in force have this rule, and their ledger up to this instant. */
export interface RuleInForce extends Pick<Schedule, 'cursorAt' | 'spec'> {
  readonly count: number;
}

/** A run as a bar: from its start, or its creation while it waits, to its end. */
export interface RunMark {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly job: TimelineJob;
  readonly trigger: Trigger;
  readonly dueAt: Instant | null;
  readonly state: RunState;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
}

/** An instant that did not run, or `count` of them in a row. */
export interface SkipMark {
  readonly job: TimelineJob;
  readonly from: Instant;
  readonly to: Instant;
  readonly count: number;
  readonly reason: SkipReason;
}

/** How many of one state a job has in [at, at + width). */
export interface TimelineCount {
  readonly job: TimelineJob;
  readonly at: Instant;
  readonly state: RunState | 'skipped';
  readonly count: number;
}

/** A count without its job's name; job 0 is all of them. */
export interface TimelineSum extends Omit<TimelineCount, 'job'> {
  readonly jobId: Id;
}

/** Half-open: `from` included, `to` not. */
export interface TimeSpan {
  readonly from: Instant;
  readonly to: Instant;
}

/** Past and future over many jobs, without definitions, parameters or outcomes. */
export interface TimelineTable {
  /** Active schedules of active jobs whose rule names an instant at or before `planUntil`, earliest first. */
  inForce(
    filter: TimelineFilter & { readonly planUntil?: Instant },
    limit: number,
  ): Promise<readonly ScheduleInForce[]>;
  /** The same schedules, the first `limit` of them, counted by their rules: for whoever asks of no job by name. In no order. */
  rulesInForce(
    filter: TimelineFilter & { readonly planUntil?: Instant },
    limit: number,
  ): Promise<readonly RuleInForce[]>;
  /** The first jobs by name that the filter lets through. A search looks through so many names, and no further. */
  matching(filter: TimelineFilter, limit: number): Promise<readonly Id[]>;
  /**
   * Runs created in the span, and those of the day before it that reach into it; newest first. Null when there are more than
   * `limit`, those of deleted jobs and those that `tag` or `search` leave out included: so many are counted and not read.
   */
  runs(filter: TimelineFilter, span: TimeSpan, limit: number): Promise<readonly RunMark[] | null>;
  /** The jobs of such runs, each once: of some jobs all that have one, of all jobs those of the newest `limit` runs. */
  busy(filter: TimelineFilter, span: TimeSpan, limit: number): Promise<readonly TimelineJob[]>;
  /** Skipped instants and gaps of the ledger that lie in the span, newest first. */
  skips(filter: TimelineFilter, span: TimeSpan, limit: number): Promise<readonly SkipMark[]>;
  /** Runs created in the span, counted by job, stretch and state. */
  counts(filter: TimelineFilter, span: TimeSpan, widthMs: Millis): Promise<readonly TimelineCount[]>;
  /**
   * The same of all jobs together, or of some, by the rows that were counted as runs ended: `widthMs` is whole hours for all
   * and whole days for some, and what stands at the edges of the span is counted one by one.
   */
  sums(jobIds: readonly Id[] | null, span: TimeSpan, widthMs: Millis): Promise<readonly TimelineSum[]>;
  /** Median run time of the newest twenty succeeded runs, among the newest two thousand, of each job; jobs without one are left out. */
  usual(jobIds: readonly Id[]): Promise<ReadonlyMap<Id, Millis>>;
}
