/** Measures what {@link examine} judges. Everything is asked when it is asked for; nothing is remembered or guessed. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { JobTriggerError } from '../errors.ts';
import { diskSamplesKey, fullAt, readSamples } from '../policy/disk-forecast.ts';
import { examine } from '../policy/examine.ts';
import type { DatabaseState, Finding, InstallationState } from '../policy/finding.ts';
import type { Instant } from '../model/instant.ts';
import { tzVersion } from '../schedule/zone.ts';
import { migrationStatus } from '../store/migrate.ts';
import { networkFileSystem } from '../store/network-file-system.ts';
import type { Store } from '../store/store.ts';
import { retentionCutoffs } from './retention.ts';
import type { RunAs } from '../model/run-user.ts';
import { watchdogBeats, watchdogKey } from '../model/watchdog.ts';
import type { EngineSettings } from '../model/settings.ts';
import { ballastPath } from '../system/ballast-path.ts';
import type { System } from '../system/system.ts';
import { volumeOf, type Volume } from '../system/volume.ts';

export interface ExamineOptions {
  /** Null when it could not be opened; `trouble` says why. */
  readonly store: Store | null;
  readonly trouble?: JobTriggerError | null;
  readonly system: System;
  /** Of the settings in force. */
  readonly values: {
    readonly databaseUrl: string;
    readonly dataDir: string;
    readonly ballastBytes: number;
    /** Whom to beat to; null for nobody. */
    readonly watchdogUrl: string | null;
    readonly watchdogMs: number;
    readonly engine: EngineSettings;
    readonly authentication: boolean;
  };
  /** Of this program. */
  readonly version: string;
  /** Of this process's own ballast; without one the file tells. */
  readonly ballast?: { readonly state: InstallationState['ballast']['state'] } | null;
}

/** Rows of a kind that are due to go, counted at most: that there are many is all that matters here. */
const mostDue = 1000;

const mostUnreconciled = 500;

async function unreconciledOf({ events }: Store, from: Instant): Promise<number> {
  return (await events.list({ kinds: ['run.unreconciled'], from }, { limit: mostUnreconciled })).items.length;
}

async function databaseState(store: Store, { system, values }: ExamineOptions): Promise<DatabaseState> {
  const { engine } = values;
  const { latencyMs } = await store.ping();
  const now = await store.now();
  const clockOffsetMs = system.clock.wall() - now;
  const lineage = await store.lineage.look();
  const changed = lineage.number > 1;
  const [facts, schedulers, workers, leases, due, stale] = [
    await store.describe(),
    await store.schedulers.list(),
    await store.workers.list(),
    await store.upkeep.leases(engine.claimLockMs),
    await store.upkeep.due(retentionCutoffs(engine, now), mostDue),
    await store.schedules.withOtherZoneData(tzVersion, 100),
  ];
  return {
    kind: store.kind,
    ...facts,
    latencyMs,
    now,
    clockOffsetMs,
    schedulers,
    workers,
    leases,
    due,
    mostDue,
    lineage,
    unreconciled: changed ? await unreconciledOf(store, lineage.noticedAt) : 0,
    otherZoneData: stale.length,
  };
}

/** Jobs that run as somebody else must pass through, and see no names. */
const readableBy = (runAs: RunAs | null): number => (runAs === null ? 0o077 : 0o066);

function folderState(path: string, runAs: RunAs | null): InstallationState['folder'] {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const open = process.platform !== 'win32' && (statSync(path).mode & readableBy(runAs)) !== 0;
    const networkKind = process.platform === 'linux' ? networkFileSystem(statfsSync(path).type) : null;
    return { path, usable: true, open, networkKind };
  } catch {
    return { path, usable: false, open: false, networkKind: null };
  }
}

function measured(path: string): Volume | null {
  try {
    return volumeOf(path);
  } catch {
    return null;
  }
}

function ballastState({ ballast, values }: ExamineOptions): InstallationState['ballast']['state'] {
  if (values.ballastBytes === 0) return 'off';
  return ballast?.state ?? (existsSync(ballastPath(values.dataDir)) ? 'held' : 'absent');
}

/** The state of an installation, measured. */
export async function measureInstallation(options: ExamineOptions): Promise<InstallationState> {
  const { store, system, values, version } = options;
  const wall = system.clock.wall();
  let database: DatabaseState | null = null;
  let trouble: JobTriggerError | null = options.trouble ?? null;
  let schema: InstallationState['schema'] = null;
  let samples: unknown = null;
  let beats: unknown = null;
  try {
    if (store !== null) {
      database = await databaseState(store, options);
      schema = await migrationStatus({ url: values.databaseUrl, system });
      samples = await store.settings.get(diskSamplesKey);
      beats = await store.settings.get(watchdogKey);
    }
  } catch (error) {
    database = null;
    // Another failure's words are not for a page: they may hold what the database was asked.
    trouble = error instanceof JobTriggerError ? error : null;
  }
  const volume = measured(values.dataDir);
  const { freeBytes = 0 } = volume ?? {};
  return {
    database,
    trouble,
    schema,
    folder: folderState(values.dataDir, values.engine.processes.runAs),
    disk: volume === null ? null : { ...volume, fullAt: fullAt(readSamples(samples), { at: wall, freeBytes }) },
    ballast: { state: ballastState(options), bytes: values.ballastBytes },
    watchdog: values.watchdogUrl === null ? null : { ...watchdogBeats(beats), everyMs: values.watchdogMs },
    authentication: values.authentication,
    runAs: values.engine.processes.runAs,
    isRoot: process.getuid?.() === 0,
    wall,
    version,
    tzVersion,
    settings: {
      pollIntervalMs: values.engine.pollIntervalMs,
      leaseMs: values.engine.leaseMs,
      lostAfterMs: values.engine.lostAfterMs,
      runDays: values.engine.retention.runDays,
    },
  };
}

/** Measures and judges. Never throws: a database that does not answer is a finding. */
export async function examineInstallation(options: ExamineOptions): Promise<readonly Finding[]> {
  return examine(await measureInstallation(options));
}
