import type { Millis } from '../model/instant.ts';
import type { System } from '../system/system.ts';
import type { Settle } from './chain-table.ts';
import type { Tables } from './store.ts';

/** Time-outs of PostgreSQL sessions, in milliseconds; SQLite has none. */
export interface SessionTimeouts {
  /** The longest that a connection is waited for, also when all are in use. Default 5 000. */
  readonly connect?: Millis;
  /** The longest a statement may take. Default 8 000; a second later the connection counts as broken. */
  readonly statement?: Millis;
  /** The longest a statement may wait for a lock. Default 5 000. */
  readonly lock?: Millis;
  /** The longest an open transaction may do nothing. Default 15 000. */
  readonly idle?: Millis;
}

export interface OpenStoreOptions {
  /** `sqlite:/absolute/path.db`, `sqlite::memory:` or `postgres://…`. */
  readonly url: string;
  readonly system: System;
  /** Applies missing migrations first, and makes the file where there is none. Default false. */
  readonly migrate?: boolean;
  /** Connections to PostgreSQL, beside one for heartbeats and two for the bell. Default 5. */
  readonly pool?: number;
  readonly roleTimeouts?: SessionTimeouts;
  /** Called when a SQLite file's disk is full. True: it made some room, and the transaction is tried once more. */
  readonly makeRoom?: () => boolean;
  /**
   * Called when the disk refused to make a commit of SQLite durable. It should end the process at once: a second sync
   * would say that all is well.
   */
  readonly syncFailed?: (error: Error) => void;
  /** What carries on when runs end; without it nothing follows from them. Programs give `settleChains`. */
  readonly settle?: Settle<Tables>;
  /**
   * True makes `now_ms()` on PostgreSQL tell the time of `system.clock`, as it always does on SQLite: for tests.
   * Default false.
   */
  readonly databaseFollowsClock?: boolean;
}
