import type { Instant } from '../model/instant.ts';
import type { Attempt, FinalState, Run } from '../model/run.ts';
import type { NewEvent } from './event-table.ts';
import type { NewRun } from './run-table.ts';

/** A run that is over, as it is written down afterwards. */
export type PastRun = Pick<
  NewRun,
  | 'id'
  | 'createdAt'
  | 'jobId'
  | 'jobVersion'
  | 'trigger'
  | 'scheduleId'
  | 'dueAt'
  | 'priority'
  | 'queue'
  | 'workerLabels'
  | 'parameters'
  | 'note'
  | 'requestedBy'
  | 'cause'
> &
  Pick<Run, 'reason' | 'attempt' | 'exitCode' | 'signal' | 'failure' | 'startedAt' | 'result'> & {
    readonly state: FinalState;
    readonly endedAt: Instant;
  };

/** A try of such a run. */
export interface PastAttempt extends Attempt {
  readonly runCreatedAt: Instant;
}

/** A fact with the time at which it was one. */
export type PastEvent = NewEvent & { readonly at: Instant };

/** What nobody lived through here and is written down all the same: a demo's history. */
export interface HistoryTable {
  /** Rows go in as they are and in the order given; none of them waits, lives or is checked against another. */
  insert(history: {
    readonly runs: readonly PastRun[];
    readonly attempts: readonly PastAttempt[];
    readonly events: readonly PastEvent[];
  }): Promise<void>;
}
