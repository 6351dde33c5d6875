import type { Alert } from '../model/alert.ts';
import type {
  AttentionItem,
  AttentionJob,
  AttentionKind,
  AttentionRun,
  AttentionState,
  AttentionSummary,
} from '../model/attention.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { FailureCategory } from '../model/run.ts';
import type { Page, PageRequest } from './job-tables.ts';

/** Every field narrows; absent ones do not. */
export interface AttentionFilter {
  readonly state?: AttentionState;
  readonly kinds?: readonly AttentionKind[];
  readonly categories?: readonly FailureCategory[];
  readonly jobId?: Id;
  /** Null: nobody's. */
  readonly ownerId?: Id | null;
}

/** A run that an item is told of. */
export interface ToldRun extends Reference {
  readonly jobId: Id;
  readonly jobCreatedAt: Instant;
  readonly eventId: number;
  readonly endedAt: Instant;
}

/** What is written over an item by who counts runs into it. */
export type AttentionTelling = Pick<AttentionItem, 'kind' | 'severity' | 'category' | 'title' | 'evidence'>;

/** What an item has counted since it opened. */
type AttentionCounts = Pick<AttentionItem, 'times' | 'jobs'>;

/** What people change. Absent fields stay. */
export interface AttentionChange {
  readonly ownerId?: Id | null;
  readonly note?: string | null;
  readonly snoozedUntil?: Instant | null;
}

/** A job of an open item with a run that succeeded since. */
export interface Healing {
  readonly itemId: Id;
  readonly jobId: Id;
  readonly failed: Reference | null;
  readonly succeeded: Reference;
}

/** Whether there is anything to do for who counts failures. */
interface AttentionPulse {
  readonly now: Instant;
  readonly told: boolean;
  /** Some item is open. */
  readonly open: boolean;
}

export interface AttentionTable {
  get(id: Id): Promise<AttentionItem | null>;
  /** Newest first by when it opened. */
  list(filter: AttentionFilter, page: PageRequest): Promise<Page<AttentionItem>>;
  summary(): Promise<AttentionSummary>;
  /** Most touched first. */
  jobs(id: Id, limit: number): Promise<readonly AttentionJob[]>;
  /** Runs of the item since it opened, newest first. */
  runs(id: Id, limit: number): Promise<readonly AttentionRun[]>;
  /** Of each job of the item the newest run since it opened. */
  newestRuns(id: Id, limit: number): Promise<readonly AttentionRun[]>;
  /** One statement. @param kinds of events that count, at or after `from` */
  pulse(kinds: readonly string[], from: Instant): Promise<AttentionPulse>;

  /**
   * The item of a fingerprint, made where there is none, and held until the transaction ends. An ended one is not opened.
   */
  hold(id: Id, fingerprint: string, telling: AttentionTelling): Promise<AttentionItem>;
  /** @returns those that no item had been told of; a run is counted once */
  addRuns(item: Pick<AttentionItem, 'id' | 'spell'>, runs: readonly ToldRun[]): Promise<readonly ToldRun[]>;
  /** Opens it, again or for the first time: its jobs and its runs begin anew. */
  open(id: Id): Promise<void>;
  /** Counts these runs, each for the first time, and finds the words for what is counted then. */
  tell(
    id: Id,
    fresh: readonly ToldRun[],
    words: (counted: AttentionCounts) => AttentionTelling,
  ): Promise<AttentionItem>;
  /** Undoes a {@link hold} that nothing came of. */
  drop(id: Id): Promise<void>;

  /**
   * The item of the alert's cause tells what the alert tells, unless it knows of runs.
   *
   * @param id of an item that has to be made
   * @param reopens whether it is news, and opens an item that has ended
   * @returns the item when this opened it, else null
   */
  follow(id: Id, alert: Alert, reopens: boolean): Promise<AttentionItem | null>;
  /** Ends what stands for this alert alone. @returns the item that ended, or null */
  alertOver(alertId: Id, how: string): Promise<AttentionItem | null>;

  /** Who has seen the alert has seen its item. */
  acknowledgeAlert(alertId: Id, by: string): Promise<void>;

  /** Jobs of open items that have succeeded since, oldest first. */
  healings(limit: number): Promise<readonly Healing[]>;
  heal(itemId: Id, jobId: Id): Promise<void>;
  /** Ends the item unless a job of it has not healed, or its alert stands. @returns whether it did */
  endIfHealed(id: Id, how: string): Promise<boolean>;
  /** Open items of failed runs whose jobs are all gone. */
  orphaned(limit: number): Promise<readonly AttentionItem[]>;

  change(id: Id, change: AttentionChange): Promise<boolean>;
  /** @returns false when somebody had, or it has ended */
  acknowledge(id: Id, by: string): Promise<boolean>;
  /** @returns false when it had ended */
  resolve(id: Id, ending: { readonly by: string | null; readonly how: string }): Promise<boolean>;
  /** Undoes a resolution: the same spell goes on. @returns false when it had not ended */
  reopen(id: Id): Promise<boolean>;
  /** Notes what was made of a run. */
  noteRetry(runId: Id, retry: Reference): Promise<void>;
  /** Removes what ended before `before`, and surplus runs. @returns how many items */
  prune(before: Instant): Promise<number>;
}
