/** What an examination looks at, and what it finds: facts as they were measured, and each trouble with what mends it. */
import type { Instant, Millis } from '../model/instant.ts';
import type { Lineage, Standbys } from '../model/lineage.ts';
import type { Due, LeaseFacts } from '../model/upkeep.ts';
import type { RunAs } from '../model/run-user.ts';
import type { WatchdogBeats } from '../model/watchdog.ts';
import type { SchedulerRow, Worker } from '../model/worker.ts';

export type Health = 'healthy' | 'degraded' | 'unhealthy';

/** What is looked at, with what it is for. Total, and in the order in which people read it. */
export const examinations = {
  database: ['Database', 'Holds jobs, ledger and runs. Without it nothing is planned, started or shown.'],
  schema: ['Schema', 'The tables, as this program knows them.'],
  schedulers: ['Schedulers', 'Turn what is due into runs.'],
  watchdog: ['Heartbeat', 'Tells a watcher outside that planning works; it cries out when none comes.'],
  workers: ['Workers', 'Claim runs and carry them out.'],
  storage: ['Data folder', 'Holds output, keys and, with SQLite, the database.'],
  disk: ['Disk', 'Output and database grow until retention takes them away.'],
  ballast: ['Ballast', 'Room that is let go when the disk is full, so that results can still be stored.'],
  write_ahead_log: ['Write-ahead log', 'Grows while another program keeps the SQLite file open to read.'],
  clocks: ['Clocks', 'The database’s clock decides. Others that differ show wrong times.'],
  durability: ['Durability', 'Whether what was committed can be lost, and whether anything was.'],
  leases: ['Leases and slots', 'The right to carry a run out. One that nobody uses keeps a run from ending.'],
  retention: ['Retention', 'Removes what is older than its settings, in small batches.'],
  zone_data: ['Zone data', 'The rules of time zones, with which due instants are computed.'],
  versions: ['Versions', 'Portal, schedulers and workers of one installation.'],
  authentication: ['Authentication', 'Whether people show who they are before they act.'],
  run_as: ['Users of jobs', 'Whether a job can write what the worker can: program, settings, other runs, journal.'],
} as const satisfies Record<string, readonly [title: string, meaning: string]>;

export type Examination = keyof typeof examinations;

export interface Finding {
  readonly check: Examination;
  readonly status: Health;
  readonly message: string;
  /** What to do; null when nothing is. */
  readonly fix: string | null;
  readonly latencyMs?: number;
}

/** Whether what was committed can be lost, and whether anything was. */
export interface DurabilityFacts {
  /** Who follows the server; null where the database is a file. */
  readonly standbys: Standbys | null;
  /** Held while it is not settled. */
  readonly lineage: Pick<Lineage, 'noticedAt' | 'settledAt'>;
  /** Attempts that workers had started and could not write again since. */
  readonly unreconciled: number;
}

/** What the database told; null while it does not answer. */
export interface DatabaseState extends DurabilityFacts {
  readonly kind: 'sqlite' | 'postgres';
  readonly version: string;
  readonly bytes: number | null;
  readonly walBytes: number | null;
  readonly latencyMs: Millis;
  /** Its time. */
  readonly now: Instant;
  /** This process's clock minus the database's. */
  readonly clockOffsetMs: Millis;
  readonly schedulers: readonly SchedulerRow[];
  readonly workers: readonly Worker[];
  readonly leases: LeaseFacts;
  readonly due: Due;
  /** Where the counting of each kind stopped. */
  readonly mostDue: number;
  /** Schedules computed with other zone data: at least so many. */
  readonly otherZoneData: number;
}

export interface InstallationState {
  readonly database: DatabaseState | null;
  /** What the database said when it did not answer. */
  readonly trouble: { readonly code: string; readonly message: string } | null;
  readonly schema: { readonly current: number; readonly latest: number } | null;
  readonly folder: {
    readonly path: string;
    readonly usable: boolean;
    /** Others than its owner may look in. */
    readonly open: boolean;
    readonly networkKind: string | null;
  };
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number; readonly fullAt: Instant | null } | null;
  /** Of the heartbeat that goes out; null where none is wanted. */
  readonly watchdog: (Pick<WatchdogBeats, 'sentAt' | 'error'> & { readonly everyMs: Millis }) | null;
  readonly ballast: { readonly state: 'off' | 'held' | 'spent' | 'absent'; readonly bytes: number };
  /** False where nobody signs in. */
  readonly authentication: boolean;
  /** As the setting of this machine says; null where jobs run as their worker. */
  readonly runAs: RunAs | null;
  /** Whether this process is root. */
  readonly isRoot: boolean;
  readonly wall: Instant;
  readonly version: string;
  readonly tzVersion: string;
  readonly settings: {
    readonly pollIntervalMs: Millis;
    readonly leaseMs: Millis;
    readonly lostAfterMs: Millis;
    readonly runDays: number;
  };
}

export const good = (check: Examination, message: string): Finding => ({
  check,
  status: 'healthy',
  message,
  fix: null,
});
export const poor = (check: Examination, message: string, fix: string): Finding => ({
  check,
  status: 'degraded',
  message,
  fix,
});
export const broken = (check: Examination, message: string, fix: string): Finding => ({
  check,
  status: 'unhealthy',
  message,
  fix,
});
