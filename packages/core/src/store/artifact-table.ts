import type { Artifact } from '../model/artifact.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Held } from './dispatch-table.ts';
import type { Page, PageRequest } from './job-tables.ts';

/**
 * What is known of artifacts. Bytes come before their row and go after it: whatever ends in between, a row never names
 * bytes that were not kept. The methods that remove answer what was removed, so that its bytes can follow.
 */
export interface ArtifactTable {
  /** Written while the lease holds. @returns false when it does not: then nothing is */
  keep(held: Held, artifacts: readonly Artifact[]): Promise<boolean>;
  /** By attempt and name. */
  ofRun(run: Reference): Promise<readonly Artifact[]>;
  countOfRun(run: Reference): Promise<number>;
  /** Null for one of another run, too. */
  get(runId: Id, id: Id): Promise<Artifact | null>;
  /** Kept ones of one name over the runs of a job, newest first. */
  versions(jobId: Id, name: string, page: PageRequest): Promise<Page<Artifact>>;
  /** All but the newest `keep` versions of each of these names. */
  removeSurplus(jobId: Id, names: readonly string[], keep: number): Promise<readonly Reference[]>;
  removeExpired(now: Instant, limit: number): Promise<readonly Reference[]>;
  removeOfRuns(runs: readonly Reference[]): Promise<readonly Reference[]>;
  removeOfJob(jobId: Id, limit: number): Promise<readonly Reference[]>;
  /** Which of these have a row. */
  known(ids: readonly Id[]): Promise<ReadonlySet<Id>>;
}
