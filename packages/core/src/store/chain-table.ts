import type { ChainMember } from '../model/dependency.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { FinalState, Trigger } from '../model/run.ts';

/** A run that is final, as its chain asks for it. */
export interface Ended extends Reference {
  readonly jobId: Id;
  readonly trigger: Trigger;
  readonly state: FinalState;
  readonly endedAt: Instant;
}

/** A job's row of a chain with how its run stands; null for one that waits or lives, and for none. */
export interface MemberStanding extends ChainMember {
  readonly state: FinalState | null;
}

/** What became of each job in a chain of runs. */
export interface ChainTable {
  /** Those of the runs that are final. */
  ended(runIds: readonly Id[]): Promise<readonly Ended[]>;
  /** The rows that name these runs. */
  ofRuns(runIds: readonly Id[]): Promise<readonly ChainMember[]>;
  /** The rows of these jobs in these chains, and those of the runs that began them. */
  members(chainIds: readonly Id[], jobIds: readonly Id[]): Promise<readonly MemberStanding[]>;
  /** All of a chain, in the order in which they were decided. */
  ofChain(chainId: Id): Promise<readonly MemberStanding[]>;
  /** The newest chain that each of the jobs stands in, with its row of it. */
  newestOf(jobId: Id, limit: number): Promise<readonly MemberStanding[]>;
  /** @returns the rows that were new: a job that stands in the chain already is left as it is */
  insert(members: readonly ChainMember[]): Promise<readonly Pick<ChainMember, 'chain' | 'jobId'>[]>;
  /** Another run takes the place of the job's in the chain. */
  replaceRun(chainId: Id, jobId: Id, run: Reference): Promise<void>;
  /** Opens again what was not started for a prerequisite's sake. */
  reopen(chainId: Id, jobIds: readonly Id[]): Promise<void>;
  /** The newest run of each job that has ended. */
  newestEnded(jobIds: readonly Id[]): Promise<readonly Ended[]>;
  /** When each of the jobs was last started by a chain. */
  lastStarted(jobIds: readonly Id[]): Promise<ReadonlyMap<Id, Instant>>;
  /** Those of the jobs that have an active schedule. */
  scheduled(jobIds: readonly Id[]): Promise<ReadonlySet<Id>>;
  /** For each of these jobs every job that its chain can come to: none with an active schedule, and nothing behind those. */
  reach(jobIds: readonly Id[]): Promise<ReadonlyMap<Id, ReadonlySet<Id>>>;
  /** Numbers for runs that are made inside the transaction. */
  drawIds(count: number): Promise<readonly Id[]>;
}

/**
 * Carries on what hangs on runs that have become final, in the transaction that ended them. The rows of all jobs that
 * follow from theirs are locked.
 *
 * @returns whether runs were made
 */
export type Settle<T> = (tables: T, endedIds: readonly Id[]) => Promise<boolean>;
