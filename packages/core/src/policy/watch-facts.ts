/** What a watcher knows when it decides which alerts should stand, and what such an alert is. */
import type { Alert } from '../model/alert.ts';
import type { FullDisk } from '../model/full-disk.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Rooms } from '../model/limit.ts';
import type { ScriptStanding } from '../model/script-approval.ts';
import type { Schedule } from '../model/schedule.ts';
import type { WaitingGroup } from '../model/watch.ts';
import type { WaitingFacts } from './waiting.ts';

/** An alert as it should stand; what the store adds is missing. */
export type Standing = Pick<
  Alert,
  | 'kind'
  | 'severity'
  | 'fingerprint'
  | 'jobId'
  | 'jobCreatedAt'
  | 'runId'
  | 'runCreatedAt'
  | 'title'
  | 'text'
  | 'count'
  | 'fromAt'
  | 'toAt'
>;

/** From when on each condition is told; milliseconds. */
export interface AlertLimits {
  /** Silence of all schedulers. Default 60 000. */
  readonly schedulerSilentMs: Millis;
  /** No worker while runs wait. Default 300 000. */
  readonly noWorkerMs: Millis;
  /** A run that a person asked for. Default 300 000. */
  readonly waitingManualMs: Millis;
  /** Any other. Default 1 800 000. */
  readonly waitingMs: Millis;
  /** Before the one that watches has seen the database so long, nothing that waits is told: it may be about to start. Default 30 000. */
  readonly graceMs: Millis;
  /** A run without output, beyond three times its usual length. Default 120 000. */
  readonly quietMs: Millis;
}

export const defaultAlertLimits: AlertLimits = {
  schedulerSilentMs: 60_000,
  noWorkerMs: 300_000,
  waitingManualMs: 300_000,
  waitingMs: 1_800_000,
  graceMs: 30_000,
  quietMs: 120_000,
};

/** A run that runs, with what is known of its output and of those before it. */
export interface RunningFacts {
  readonly jobId: Id;
  readonly runId: Id;
  readonly runCreatedAt: Instant;
  readonly startedAt: Instant;
  /** Since when it has written nothing, as far as was seen. */
  readonly quietSince: Instant;
  /** When it was last seen to have written; null as long as nobody looked twice. */
  readonly wroteAt: Instant | null;
  /** The 95th percentile of its last runs; null when there are too few. */
  readonly usualMs: Millis | null;
}

/** A schedule whose instant came and that nobody planned. */
export interface UnplannedFacts {
  readonly jobId: Id;
  readonly schedule: Schedule;
  readonly planAt: Instant;
}

/** A secret that expires soon or has, and who is given it. Those that a person keeps are told to that person alone, on the page. */
export interface ExpiringFacts {
  /** As it is known outside. */
  readonly id: string;
  readonly name: string;
  readonly expiresAt: Instant;
  /** Names of the jobs. */
  readonly usedBy: readonly string[];
}

/** What is known of the disk below the data folder. */
export interface DiskFacts {
  /** The last time it was full; null when it was not while this process looked. */
  readonly full: FullDisk | null;
  /** The alert of that time, whoever raised it: there is none yet, it is open, or it is over. */
  readonly told: 'not' | 'open' | 'over';
  /** The ballast is there: nobody lacks room. */
  readonly held: boolean;
}

/** A script that no job may run as it is. */
export interface UnapprovedFacts {
  /** By its outside id. */
  readonly script: string;
  readonly path: string;
  readonly standing: Exclude<ScriptStanding, 'approved' | 'missing'>;
  /** Approved by fewer people than are needed, and by whom last; null for nobody. */
  readonly begun: { readonly by: string; readonly count: number; readonly needed: number } | null;
  readonly seenAt: Instant;
  /** Jobs that are on and name it, the one that is due next before all. */
  readonly jobs: readonly (Reference & {
    readonly name: string;
    readonly nextDueAt: Instant | null;
    readonly timezone: string;
  })[];
}

export interface WatchFacts {
  readonly now: Instant;
  /** Since when the one that watches has seen the database without a break. */
  readonly since: Instant;
  readonly limits: AlertLimits;
  readonly schedulerBeatAt: Instant | null;
  /** Whether anything names an instant. */
  readonly needsScheduler: boolean;
  readonly workerBeatAt: Instant | null;
  readonly workers: WaitingFacts['workers'];
  readonly waiting: readonly WaitingGroup[];
  readonly unplanned: readonly UnplannedFacts[];
  /** Those that run longer than usual, and whose output can be seen. */
  readonly running: readonly RunningFacts[];
  /** All that run. */
  readonly live: ReadonlySet<Id>;
  readonly jobs: ReadonlyMap<Id, Job>;
  readonly schedules: ReadonlyMap<Id, Schedule>;
  /** How many are starting or running, by job. */
  readonly busy: ReadonlyMap<Id, number>;
  /** Limits beside those of the jobs; null while nothing waits. */
  readonly rooms: Rooms | null;
  /** What this process knows of its disk; null when it does not look. */
  readonly disk: DiskFacts | null;
  readonly expiring: readonly ExpiringFacts[];
  /** Where approval is required; none elsewhere. */
  readonly unapproved: readonly UnapprovedFacts[];
}

/** Whether a scheduler has reported lately. */
export function isPlanning({ schedulerBeatAt, limits, now }: WatchFacts): boolean {
  return now - (schedulerBeatAt ?? -Infinity) <= limits.schedulerSilentMs / 2;
}

/** Nothing new is begun: that is the one thing to tell. */
export function isFull({ disk }: Pick<WatchFacts, 'disk'>): boolean {
  return disk !== null && disk.full !== null && disk.full.roomAt === null;
}

/** Of an alert that is about no job and no run. */
export const nobody = {
  jobId: null,
  jobCreatedAt: null,
  runId: null,
  runCreatedAt: null,
  fromAt: null,
  toAt: null,
} as const;

export function subjectOf(job: Job): Pick<Standing, 'jobId' | 'jobCreatedAt'> {
  return { jobId: job.id, jobCreatedAt: job.createdAt };
}

/** Of several with one cause the first. */
export function oneEach(alerts: readonly Standing[]): readonly Standing[] {
  return [...Map.groupBy(alerts, ({ fingerprint }) => fingerprint).values()].flatMap(([first]) => first ?? []);
}
