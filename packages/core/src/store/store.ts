/**
 * The only port to data. SQLite and PostgreSQL stand behind it, and one conformance suite (`testing/`) says what a
 * store is. `operations/` and `engine/` meet here and nowhere else.
 *
 * Each noun has its own interface below. Everything a caller does inside {@link Store.transaction} is one transaction:
 * all of it is on stable storage when the promise resolves, or none of it happened. Inside, only await the tables that
 * were handed in: on SQLite everything else waits behind it. Times are the database's (`now_ms()`), never a caller's.
 */
import type { AlertTable } from './alert-table.ts';
import type { CalendarTable } from './calendar-table.ts';
import type { EventTable } from './event-table.ts';
import type { HistoryTable } from './history-table.ts';
import type { IdempotencyTable, SettingTable } from './installation-tables.ts';
import type { DispatchTable } from './dispatch-table.ts';
import type { JobTable, ScheduleTable } from './job-tables.ts';
import type { LedgerTable } from './ledger-table.ts';
import type { MaintenanceTable } from './maintenance-table.ts';
import type { PeopleTable } from './people-table.ts';
import type { FeedTable } from './feed-table.ts';
import type { RunTable } from './run-table.ts';
import type { TimelineTable } from './timeline-table.ts';
import type { WatchTable } from './watch-table.ts';
import type { UpkeepTable } from './upkeep-table.ts';
import type { SchedulerTable, WorkerTable } from './worker-tables.ts';
import type { MonitorTable } from './monitor-table.ts';
import type { HookTable } from './hook-table.ts';
import type { AuditTable } from './audit-table.ts';
import type { ErasureTable } from './erasure-table.ts';
import type { IdentityTable } from './identity-table.ts';
import type { KeyTable } from './key-table.ts';
import type { SecretTable } from './secret-table.ts';
import type { SignInMethodTable } from './sign-in-method-table.ts';
import type { WebhookTable } from './webhook-table.ts';
import type { PageSettingTable } from './page-setting-table.ts';
import type { TokenTable } from './token-table.ts';
import type { LineageTable } from './lineage-table.ts';
import type { ChainTable } from './chain-table.ts';
import type { DependencyTable } from './dependency-table.ts';
import type { RecoveryTable } from './recovery-table.ts';
import type { LimitTable } from './limit-table.ts';
import type { ArtifactTable } from './artifact-table.ts';
import type { AttentionTable } from './attention-table.ts';
import type { SharingTable } from './sharing-table.ts';
import type { ScriptTable } from './script-table.ts';
import type { DeviceTable } from './device-table.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Sight } from '../model/sight.ts';
import type { Standbys } from '../model/lineage.ts';

/** Everything that can be read and changed, bound to a transaction or standing free. */
export interface Tables {
  /** The database's time; the `Clock`'s on SQLite. */
  now(): Promise<Instant>;
  readonly jobs: JobTable;
  readonly schedules: ScheduleTable;
  readonly calendars: CalendarTable;
  readonly ledger: LedgerTable;
  readonly runs: RunTable;
  readonly timeline: TimelineTable;
  readonly feeds: FeedTable;
  readonly dispatch: DispatchTable;
  readonly workers: WorkerTable;
  readonly schedulers: SchedulerTable;
  readonly events: EventTable;
  readonly history: HistoryTable;
  readonly people: PeopleTable;
  readonly settings: SettingTable;
  readonly idempotency: IdempotencyTable;
  readonly maintenance: MaintenanceTable;
  readonly alerts: AlertTable;
  readonly watch: WatchTable;
  readonly webhooks: WebhookTable;
  readonly monitors: MonitorTable;
  readonly upkeep: UpkeepTable;
  readonly lineage: LineageTable;
  readonly recovery: RecoveryTable;
  readonly dependencies: DependencyTable;
  readonly chains: ChainTable;
  readonly limits: LimitTable;
  readonly artifacts: ArtifactTable;
  readonly attention: AttentionTable;
  readonly hooks: HookTable;
  readonly audit: AuditTable;
  readonly keys: KeyTable;
  readonly sharing: SharingTable;
  readonly secrets: SecretTable;
  readonly signInMethods: SignInMethodTable;
  readonly identities: IdentityTable;
  readonly erasure: ErasureTable;
  readonly scripts: ScriptTable;
  readonly tokens: TokenTable;
  readonly devices: DeviceTable;
  readonly pageSettings: PageSettingTable;
}

/** The database as it is now. Bytes are null where nobody can tell. */
interface DatabaseFacts {
  /** Of SQLite's library or PostgreSQL's server. */
  readonly version: string;
  readonly bytes: number | null;
  /** The write-ahead log beside a SQLite file. */
  readonly walBytes: number | null;
  /** Who follows the server; null where it is a file. */
  readonly standbys: Standbys | null;
}

/** What a bell rings for. A ring is a hint after a commit, never needed: polling finds what a lost one would have told. */
export type BellChannel = 'plan' | 'queue' | 'cancel' | 'change';

export interface Bell {
  /** Rings at most once a channel each 2 ms, `change` each 10, after the commit and from a connection of its own. Never throws. */
  ring(channel: BellChannel): void;
  /** Calls `heard` for each ring, also those of other processes. The answer stops listening. */
  listen(channel: BellChannel, heard: () => void): () => void;
}

export interface TransactionOptions {
  /**
   * For how long it may do nothing before PostgreSQL ends it and lets its locks go: what others wait for must not depend
   * on a process that was stopped. Default: the session's. A file's lock is let go by the end of its process alone.
   */
  readonly idleMs?: Millis;
  /** It carries runs from the queue to the record and touches nothing else: each row is found by its key. Default false. */
  readonly dispatching?: boolean;
  /**
   * What it asks for before its first answer only reads, or locks: that may travel with the beginning. Should the transaction not
   * begin, nothing is written. Default false.
   */
  readonly readsFirst?: boolean;
  /**
   * What it is about, by number. It may share its transaction with others that come while transactions are under way and are about
   * something else, and waits for those that are about the same. It begins as with `readsFirst`, and only its own failure is told
   * to it: then it is done again, alone. Whose turn has not come within five seconds throws `database_busy`. Default: it shares
   * with nobody. SQLite, where a commit is shared unasked, does nothing else.
   */
  readonly about?: Id;
}

export interface Store extends Tables {
  readonly kind: 'sqlite' | 'postgres';
  readonly bell: Bell;
  /**
   * Runs `work` in one write transaction (`BEGIN IMMEDIATE`; READ COMMITTED). A busy SQLite file, a deadlock or a
   * serialisation failure is retried with jitter before `work` has committed; so `work` may be called more than once
   * and must keep no state of its own. A failed connection is never repeated blindly: it throws `database_unreachable`.
   */
  transaction<T>(work: (tables: Tables) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * The same store as somebody sees it: whatever is read free-standing holds only what belongs to jobs they see, counts
   * included, as the queries themselves are asked of nothing else. Transactions are as ever: who changes something looks
   * first whether they may.
   */
  seenBy(sight: Sight): Store;
  /** Draws ids from the counter's block. Call it before, never inside, a transaction. */
  ids(count: number): Promise<readonly Id[]>;
  /** Round trip to the database in milliseconds, and whether a write is possible. */
  ping(): Promise<{ readonly latencyMs: number }>;
  /** Housekeeping of the database itself: partitions ahead of time, planner statistics, the write-ahead log. */
  maintain(): Promise<void>;
  describe(): Promise<DatabaseFacts>;
  close(): Promise<void>;
}
