import type { Dependency } from '../model/dependency.ts';
import type { Id } from '../model/id.ts';

/** The lines of the graph, as the living jobs' definitions have them; written with those. */
export interface DependencyTable {
  /** What these jobs wait for. */
  of(jobIds: readonly Id[]): Promise<readonly Dependency[]>;
  /** Who waits for these jobs. */
  after(jobIds: readonly Id[]): Promise<readonly Dependency[]>;
  /** Everything that these jobs wait for, whatever lies between: every line on the way up. */
  above(jobIds: readonly Id[]): Promise<readonly Dependency[]>;
  /** Every job that follows from these, whatever lies between, in the order of their numbers; none of these themselves. */
  followers(jobIds: readonly Id[]): Promise<readonly Id[]>;
  /** In the order of their numbers. */
  all(limit: number): Promise<readonly Dependency[]>;
  /** One at a time from here to the end of the transaction: two lines saved at once make no circle together. */
  lockEdits(): Promise<void>;
}
