import type { Traces } from '../model/erasure.ts';
import type { StoredAuditRow } from './audit-chain.ts';

/** Rows of each table that name a person, by table; without what signs somebody in. */
export type NamingRows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** A row of the audit with the hash before it, which its own was made of. */
export interface ChainedAuditRow extends StoredAuditRow {
  readonly before: string;
}

/** All that names a person, wherever it stands: read to be told, and taken out. */
export interface ErasureTable {
  /** What somebody is called in rows of the audit that have their id, former names too; logins of the machine are none. */
  namesOf(personId: number): Promise<readonly string[]>;
  /** @param limit of a table */
  rowsNaming(traces: Traces, limit: number): Promise<NamingRows>;
  /** Names of jobs in whose definitions the address stands; definitions are nobody's traces and stay. */
  jobsNaming(traces: Traces): Promise<readonly string[]>;
  /** Takes the traces out of everything but the audit. */
  takeOut(traces: Traces): Promise<void>;
  /** Rows of the audit that may name them, ascending, behind `sequence`. */
  auditNaming(traces: Traces, sequence: number): Promise<readonly ChainedAuditRow[]>;
  /** Holds the end of the audit until the transaction is over: nothing more can be taken after it. */
  lockAudit(): Promise<void>;
  /** Writes what an erasure leaves of a row. */
  rewriteAudit(row: StoredAuditRow): Promise<void>;
}
