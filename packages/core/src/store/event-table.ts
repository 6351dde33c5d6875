import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Page, PageRequest } from './job-tables.ts';

/** A fact in the past tense: `run.failed`, `job.changed`, `worker.lost`. Outbox of notifications, source of statistics. */
export interface EventRow {
  readonly id: number;
  readonly at: Instant;
  readonly kind: string;
  readonly runId: Id | null;
  readonly runCreatedAt: Instant | null;
  readonly jobId: Id | null;
  readonly jobCreatedAt: Instant | null;
  /** The person or program behind it; null for the system itself. */
  readonly actor: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export type NewEvent = Pick<EventRow, 'kind'> & Partial<Omit<EventRow, 'id' | 'at' | 'kind'>>;

interface EventFilter {
  readonly kinds?: readonly string[];
  readonly jobId?: Id;
  /** Looked for among the others: name kinds and times, too. */
  readonly runId?: Id;
  readonly from?: Instant;
  readonly to?: Instant;
}

export interface EventTable {
  append(events: readonly NewEvent[]): Promise<void>;
  /** Ascending, for a stream. An id may become visible after a higher one: readers look back a few seconds. */
  after(id: number, limit: number): Promise<readonly EventRow[]>;
  /** Those of the ids that can be seen, ascending. */
  byIds(ids: readonly number[]): Promise<readonly EventRow[]>;
  latestId(): Promise<number>;
  list(filter: EventFilter, page: PageRequest): Promise<Page<EventRow>>;
  /** Forgets what was told of a job, at most `limit` facts of it. @returns how many */
  removeOfJob(jobId: Id, limit: number): Promise<number>;
  /** Removes the oldest before `before`, at most `limit`. @returns how many; none when it is done */
  prune(before: Instant, limit: number): Promise<number>;
}
