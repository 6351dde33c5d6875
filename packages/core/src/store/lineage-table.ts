import type { Id } from '../model/id.ts';
import type { Lineage } from '../model/lineage.ts';

/** Which line of history the database is on, and which workers have compared what they know with it. */
export interface LineageTable {
  /** The newest that was noted, and the line that the server is on now. */
  look(): Promise<Lineage & { readonly server: string }>;
  /**
   * Notes that the server is on another line than the one noted as `after`, unsettled. Ids that may have been given out
   * in commits that are gone are never given out again.
   *
   * @returns false when another process has noted it
   */
  notice(after: number): Promise<boolean>;
  /** @returns false when it was settled before */
  settle(number: number): Promise<boolean>;
  /** This worker has compared all it knows. */
  report(number: number, workerId: Id): Promise<void>;
  reporters(number: number): Promise<readonly Id[]>;
  /** Inside a transaction that plans: asks whether the line it writes to is the known one, and settled. */
  isOpen(): Promise<boolean>;
}
