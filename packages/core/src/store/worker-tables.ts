import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { SchedulerRow, Worker } from '../model/worker.ts';
import type { Holder } from './dispatch-table.ts';

/** How many runs a worker has ended, by success; from its attempts. */
export interface WorkerTally {
  readonly workerId: Id;
  readonly current: number;
  readonly processed: number;
  readonly failed: number;
}

export interface WorkerTable {
  /**
   * Inserts, or takes over the row of the same name with a new incarnation; its id and creation stay. `beat_at` is the
   * database's now. @returns the id of the row: the one its leases belong to
   */
  register(worker: Worker): Promise<Id>;
  byName(name: string): Promise<Worker | null>;
  get(id: Id): Promise<Worker | null>;
  list(): Promise<readonly Worker[]>;
  tallies(since: Instant): Promise<readonly WorkerTally[]>;
  /** Workers silent for longer than `lostAfter` and not yet declared lost. */
  silent(lostAfter: Millis): Promise<readonly Worker[]>;
  /** The rescue's first statement: serialises with T4. @returns false when it came back to life; then touch nothing. */
  declareLost(holder: Holder, lostAfter: Millis): Promise<boolean>;
  /** The same at a takeover or sign-off, without waiting. */
  end(holder: Holder): Promise<boolean>;
  setDraining(id: Id, draining: boolean): Promise<boolean>;
  /** Rows of workers gone before `before`. */
  prune(before: Instant): Promise<number>;
}

export interface SchedulerTable {
  register(scheduler: SchedulerRow): Promise<void>;
  /** `clockOffsetMs` absent: as it was. */
  beat(id: Id, polledAt: Instant | null, clockOffsetMs?: Millis): Promise<void>;
  end(id: Id): Promise<void>;
  list(): Promise<readonly SchedulerRow[]>;
  prune(before: Instant): Promise<number>;
}
