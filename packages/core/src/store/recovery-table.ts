import type { Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Held, Holder, Lease } from './dispatch-table.ts';

/** Where a run stands in a database that may have lost commits. */
export interface Standing {
  /** Null when its record is gone. */
  readonly run: { readonly ended: boolean } | null;
  readonly queue: { readonly attempt: number; readonly fence: number } | null;
  readonly lease: Lease | null;
  /** Fences of the attempts that are recorded. */
  readonly fences: readonly number[];
}

/** What is known of an attempt outside the database. */
interface Attempted extends Held, Reference {
  readonly attempt: number;
}

/** For writing again what a database has lost (`CONTRACT.md` C16). */
export interface RecoveryTable {
  /** Those whose attempt is not recorded: the others need no look. At most some hundreds at once. */
  unrecorded<A extends Attempted>(attempts: readonly A[]): Promise<readonly A[]>;
  stands(reference: Reference): Promise<Standing>;
  /**
   * A waiting run is leased again as it was, its process started.
   *
   * @returns false when it does not wait, or others hold all slots of its job
   */
  retake(holder: Holder, lease: Held & { readonly attempt: number; readonly startedAt: Instant }): Promise<boolean>;
}
