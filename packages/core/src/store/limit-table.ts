/** Limits that people set, and the runs that count against them. */
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Limit, LimitKind, Limited } from '../model/limit.ts';
import type { Holder, QuotaKind } from '../model/quota.ts';

/** A run that lives, with what it counts against. */
export interface Holding extends Limited {
  readonly run: Reference;
  readonly jobId: Id;
  readonly workerId: Id;
  readonly startedAt: Instant | null;
}

/** Waiting and live runs of a queue. */
interface QueueCount {
  readonly queue: string;
  readonly waiting: number;
  readonly running: number;
  /** When the oldest waiting run was made. */
  readonly oldestAt: number | null;
}

/** A lock that a run has needed. */
interface LockCount {
  readonly name: string;
  readonly waiting: number;
}

export interface LimitTable {
  /** Every one, by kind and name. */
  list(): Promise<readonly Limit[]>;
  /** Sets or changes one. */
  set(limit: Omit<Limit, 'changedAt'>): Promise<void>;
  /** @returns false when there was none */
  remove(kind: LimitKind, name: string): Promise<boolean>;
  /** Runs that live, the oldest claim first. */
  holdings(limit: number): Promise<readonly Holding[]>;
  /** Queues in which something waits or lives, by name. */
  queues(): Promise<readonly QueueCount[]>;
  /** Locks that runs have needed, by name. */
  locks(): Promise<readonly LockCount[]>;
  /** How much somebody holds, counted no further than `most`. */
  held(kind: QuotaKind, holder: Holder, most: number): Promise<number>;
  /** How many runs wait in all, counted no further than `most`. */
  waiting(most: number): Promise<number>;
}
