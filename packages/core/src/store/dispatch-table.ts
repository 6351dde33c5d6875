/**
 * The hot tables `queue` and `leases`: rows are inserted and deleted, never updated (on SQLite a phase changes in
 * place). Each method is one of the transactions of the contract, as complete text that can be pasted into a console.
 */
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type {
  AttemptOutcome,
  Failure,
  FinalState,
  LeasePhase,
  QueuePlace,
  Run,
  TreeProof,
  WaitingRun,
} from '../model/run.ts';

/** Who acts: a worker row and the incarnation its leases belong to. */
export interface Holder {
  readonly workerId: Id;
  readonly incarnation: number;
}

/** The right to one attempt of a run. */
export interface Held {
  readonly runId: Id;
  readonly fence: number;
}

export interface Claim extends Held {
  readonly runCreatedAt: Instant;
  readonly jobId: Id;
  readonly attempt: number;
  readonly onLost: 'fail' | 'rerun';
  /** Its claim was its intent: it is `starting`, and begins in the tick that hears of it. */
  readonly direct: boolean;
  /** Of a direct claim, read in the transaction that claimed it; null for others, and where the run is gone. */
  readonly work: Work | null;
}

interface ClaimRequest extends Holder {
  /** Free slots: the most that come back. */
  readonly free: number;
  /** Queue names served, and the labels the worker has: a run comes only to a worker that has all its labels. */
  readonly queues: readonly string[];
  readonly labels: readonly string[];
}

/** How an attempt ended. `state` is the run's final state, null exactly when `retryAt` says that another follows. */
export interface Finished extends Held {
  readonly outcome: AttemptOutcome;
  readonly state: FinalState | null;
  readonly retryAt: Instant | null;
  /** Of the run when it ended; `retry_delay` or the like when it did not. */
  readonly reason: string | null;
  /** Of the attempt alone, where another follows: why this one ended. Absent: `reason`. */
  readonly attemptReason?: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly failure: Failure | null;
  readonly result: unknown;
  /** True gives the run back without using up an attempt: the number stays for the next start. */
  readonly keepAttempt?: boolean;
  /** What was found of its processes; absent where it had none, or nobody could look. */
  readonly tree?: TreeProof;
  /** Of the run's job, by who knows it; the events name it, and it is looked up where it is absent. */
  readonly jobCreatedAt?: Instant | null;
  /** Its job: who names it lets the result count for the job's breaker. */
  readonly jobId?: Id;
  /** {@link Work} was loaded while its job was in trouble; default false. */
  readonly troubled?: boolean;
}

export interface Lease extends Claim {
  readonly workerId: Id;
  readonly incarnation: number;
  readonly phase: LeasePhase;
  readonly claimedAt: Instant;
  readonly startedAt: Instant | null;
}

/** What T4 answers: null when this incarnation is over. */
export interface Renewal {
  readonly beatAt: Instant;
  /** False while it drains or is paused: then no claim of it is answered. */
  readonly takes: boolean;
  /** Leases that are still this incarnation's; a run held in memory and missing here must be killed now. */
  readonly held: readonly (Held & {
    readonly cancelRequestedAt: Instant | null;
    readonly cancelReason: string | null;
  })[];
}

/** What starting a run needs to know of it, and writing it again where a database has lost it. */
export interface Work {
  readonly run: Pick<
    Run,
    | 'id'
    | 'createdAt'
    | 'jobId'
    | 'jobName'
    | 'jobVersion'
    | 'trigger'
    | 'scheduleId'
    | 'dueAt'
    | 'priority'
    | 'queue'
    | 'parameters'
    | 'note'
    | 'requestedBy'
    | 'causeRunId'
    | 'causeCreatedAt'
    | 'cancelRequestedAt'
    | 'cancelReason'
  > & {
    /** The other halves of outside names; null when job or schedule is gone. */
    readonly jobCreatedAt: Instant | null;
    readonly scheduleCreatedAt: Instant | null;
    /** Its job has failed since its last success, or is stopped: its success is news. */
    readonly troubled: boolean;
  };
  /** Of the run's version, which never changes: runs of one version share the object. */
  readonly definition: JobDefinition;
}

export interface DispatchTable {
  /** T2. Order: priority, available_at, run id. */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** T3. Committed before any of them starts; a run absent from the answer must not start. */
  intend(incarnation: number, held: readonly Held[]): Promise<readonly Held[]>;
  /** `starting` to `running`, for attempts alive after 250 ms. Decides nothing. */
  markRunning(incarnation: number, held: readonly Held[]): Promise<void>;
  /** T4. `wall` is the worker's own clock: how far it is from the database's is noted. */
  renew(holder: Holder, wall?: Instant): Promise<Renewal | null>;
  /** T5, a batch of any outcomes. @returns ids whose fence still held; the others are late results (an event each). */
  finish(done: readonly Finished[]): Promise<readonly Id[]>;
  /** Gives claimed, unstarted runs back to the queue: no attempt is counted. All of the holder's when `held` is absent. */
  release(holder: Holder, held?: readonly Held[]): Promise<readonly Id[]>;
  /** Runs with the definitions of their versions, in the order asked for. Missing ones are absent. */
  load(references: readonly Reference[]): Promise<readonly Work[]>;
  /** Leases of an incarnation, or of all incarnations that are no longer live. */
  leasesOf(holder: Holder): Promise<readonly Lease[]>;
  orphanedLeases(limit: number): Promise<readonly Lease[]>;
  /** Earliest `available_at` ahead among waiting runs: when an idle worker should look again. */
  earliestAvailable(): Promise<Instant | null>;
  /**
   * After the clock went back: what came to the queue at a time that is still ahead keeps its delay, counted from now.
   * What could be claimed already by the clock as it was, `told` being the last it told, can be claimed still, save where a
   * closed moment holds it. Rows of the queue are updated here and nowhere else; it happens once in a clock's mishap.
   *
   * @returns how many
   */
  bringForward(told: Instant | null): Promise<number>;
  /** Runs of these schedules that wait for their first attempt, in the order of their numbers. */
  waitingOf(scheduleIds: readonly Id[]): Promise<readonly (WaitingRun & { readonly scheduleId: Id })[]>;
  /** Gives waiting runs their new place; one that was claimed meanwhile is left alone. */
  place(places: readonly QueuePlace[]): Promise<void>;
  /** What already stands in `attempts` for this try: the witness after an ambiguous commit. */
  attemptRecorded(reference: Reference, attempt: number, fence: number): Promise<boolean>;
}
