/** What the engine needs to know about an installation. Read from the configuration once, at start. */
import type { RunAs } from './run-user.ts';
import { defaultArtifactSettings, type ArtifactSettings } from './artifact.ts';
import type { Millis } from './instant.ts';
import type { RetryPolicy } from './job.ts';
import { defaultBreaker, type BreakerSettings } from './trouble.ts';
import type { Containment } from './worker.ts';

/** Times are milliseconds unless the name says otherwise. Defaults and ranges: `docs/reference/configuration.md`. */
export interface EngineSettings {
  /** The longest a scheduler sleeps. Default 10 000. */
  readonly pollIntervalMs: Millis;
  /** A live worker that claimed a run and has not started it by then gives it back. Default 300 000. */
  readonly claimLockMs: Millis;
  /** Back-stop: a run still open this long after its time-out and kill grace ends `lost`, `stuck`. Default 600 000. */
  readonly stuckThresholdMs: Millis;
  /** Up to here a start is late; beyond it an instant that no scheduler was there for was missed and `catch_up` decides. Default 30 000. */
  readonly lateToleranceMs: Millis;
  /** Catch-up runs created a second, over all schedules. Default 10. */
  readonly drainRate: number;
  /** How often an idle worker looks first. Default 5 000. */
  readonly workerPollMs: Millis;
  /** How rarely an idle worker looks at last. Default 60 000. */
  readonly workerMaxPollMs: Millis;
  /** Default 5 000; at most a third of the lease. */
  readonly heartbeatMs: Millis;
  /** Silence after which a worker is stale and its runs are suspect. Default 15 000. */
  readonly leaseMs: Millis;
  /** Silence after which a worker's runs are settled by `on_lost`. Default 60 000. */
  readonly lostAfterMs: Millis;
  /** Silence after which a worker leaves the default list. Default 180 000. */
  readonly offlineMs: Millis;
  /** How long the database must have been seen without a break before anyone is declared lost. Default 20 000. */
  readonly amnestyMs: Millis;
  /** Runs that one worker carries out at once. Default 10. */
  readonly maxConcurrent: number;
  /** Of a job that sets none. Default 300 000. */
  readonly jobTimeoutMs: Millis;
  /** How long a stopping worker waits for its runs. Default 30 000. */
  readonly drainMs: Millis;
  /** Most losses of one run with `on_lost: rerun` before it ends. Default 3. */
  readonly maxLost: number;
  /** What fills the numbers that a job's `retry` leaves out. */
  readonly retry: Pick<RetryPolicy, 'maxAttempts' | 'delaySeconds'>;
  /** Of jobs that have no breaker of their own. */
  readonly breaker: BreakerSettings;
  /** Output of one attempt kept on disk. Default 10 485 760. */
  readonly outputLimitBytes: number;
  /** How long a waiting run needs to rise by one level of priority; 0 lets none rise. Default 300 000. */
  readonly ageingMs: Millis;
  readonly processes: {
    /** The one level of containment its spawner may use; null takes the best there is. Default null. */
    readonly containment: Containment | null;
    /** Open files of one process. Default 4096. */
    readonly openFiles: number;
    /** Bytes of one file that a job writes; null is no limit. Default null. */
    readonly fileBytes: number | null;
    /** Whom jobs run as; null is the worker itself. Default null. */
    readonly runAs: RunAs | null;
  };
  readonly retention: {
    /** Runs, attempts and output. Default 30. */
    readonly runDays: number;
    /** Occurrences and gaps; at least 35. Default 35. */
    readonly ledgerDays: number;
    /** Default 90. */
    readonly eventDays: number;
    /** Alerts that have ended. Default 90. */
    readonly alertDays: number;
    /** Deleted jobs can be restored this long. Default 30. */
    readonly deletedJobDays: number;
  };
  readonly artifacts: ArtifactSettings;
}

export const defaultSettings: EngineSettings = {
  pollIntervalMs: 10_000,
  claimLockMs: 300_000,
  stuckThresholdMs: 600_000,
  lateToleranceMs: 30_000,
  drainRate: 10,
  workerPollMs: 5_000,
  workerMaxPollMs: 60_000,
  heartbeatMs: 5_000,
  leaseMs: 15_000,
  lostAfterMs: 60_000,
  offlineMs: 180_000,
  amnestyMs: 20_000,
  maxConcurrent: 10,
  jobTimeoutMs: 300_000,
  drainMs: 30_000,
  maxLost: 3,
  retry: { maxAttempts: 3, delaySeconds: 300 },
  breaker: defaultBreaker,
  outputLimitBytes: 10_485_760,
  ageingMs: 300_000,
  processes: { containment: null, openFiles: 4096, fileBytes: null, runAs: null },
  retention: { runDays: 30, ledgerDays: 35, eventDays: 90, alertDays: 90, deletedJobDays: 30 },
  artifacts: defaultArtifactSettings,
};
