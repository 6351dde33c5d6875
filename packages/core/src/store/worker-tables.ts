import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { SchedulerRow, Worker } from '../model/worker.ts';
import type { Holder } from './dispatch-table.ts';

/** How many runs a worker has in its hands, and how many attempts it has ended, by success. */
export interface WorkerTally {
  readonly workerId: Id;
  readonly current: number;
  readonly processed: number;
  readonly failed: number;
}

export interface WorkerTable {
  /**
   * Inserts, or takes over the row of the same name with a new incarnation; its id and creation stay. `beat_at` is the
   * database's now, and a pause outlives its process. @returns the id of the row: the one its leases belong to; null
   * when a worker that has not ended bears the name
   */
  register(worker: Worker): Promise<Id | null>;
  byName(name: string): Promise<Worker | null>;
  get(id: Id): Promise<Worker | null>;
  list(): Promise<readonly Worker[]>;
  /** Of what has ended since the beginning of the hour of `since`. */
  tallies(since: Instant): Promise<readonly WorkerTally[]>;
  /** Workers silent for longer than `lostAfter` and not yet declared lost. */
  silent(lostAfter: Millis): Promise<readonly Worker[]>;
  /** The rescue's first statement: serialises with T4. @returns false when it came back to life; then touch nothing. */
  declareLost(holder: Holder, lostAfter: Millis): Promise<boolean>;
  /** The same at a takeover or sign-off, without waiting. */
  end(holder: Holder): Promise<boolean>;
  setDraining(id: Id, draining: boolean): Promise<boolean>;
  /** @returns false when it was so already, or is not there */
  setPaused(id: Id, paused: boolean): Promise<boolean>;
  /** Takes the row of a worker away that is gone. @returns false when there is none that is */
  remove(id: Id): Promise<boolean>;
  /** Rows of workers gone before `before`. */
  prune(before: Instant): Promise<number>;
}

export interface SchedulerTable {
  register(scheduler: SchedulerRow): Promise<void>;
  /** `wall` is the scheduler's own clock: how far it is from the database's is noted. */
  beat(id: Id, polledAt: Instant | null, wall?: Instant): Promise<void>;
  /** Notes what its scheduler waits for, as unconfirmed, and that it lives; null when it waits no more. */
  setHold(id: Id, hold: { readonly from: Instant; readonly to: Instant } | null): Promise<void>;
  /** Whether a person has said that the clock is right since {@link setHold}. */
  isConfirmed(id: Id): Promise<boolean>;
  /** Says so to all schedulers that wait. @returns how many did */
  confirmHolds(): Promise<number>;
  end(id: Id): Promise<void>;
  list(): Promise<readonly SchedulerRow[]>;
  prune(before: Instant): Promise<number>;
}
