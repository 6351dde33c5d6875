/** What worker and spawner say to each other. Plain JSON over the channel that Node opens between a process and its fork. */
import type { Instant, Millis } from '../model/instant.ts';
import type { OutputLimitPolicy } from '../model/job.ts';
import type { Provenance, Survivor } from '../model/run.ts';
import type { Containment } from '../model/worker.ts';
import type { PluginEnd, PluginProgress } from './plugin-lines.ts';
import { afterThisTurn } from '../system/turn.ts';

/** Start one process tree. The spawner adds nothing to it and leaves nothing out. */
export interface StartOrder {
  readonly runId: string;
  readonly attempt: number;
  readonly fence: number;
  /** For the journal. */
  readonly origin?: Provenance | undefined;
  /** Program and arguments as the system gets them; no shell reads them. */
  readonly argv: readonly [string, ...string[]];
  /** The whole environment. `JTP_RUN_ID` in it is what strays of the tree are known by. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly log: string;
  readonly outputLimitBytes: number;
  readonly outputLimitPolicy: OutputLimitPolicy;
  /** Null is no limit. */
  readonly timeoutMs: Millis | null;
  readonly killGraceMs: Millis;
  /** Killed when no renewal came for so long; null lives through a partition (`CONTRACT.md` 6). */
  readonly leashMs: Millis | null;
  /** A file that its first process reads as standard input; without one it reads nothing. */
  readonly input?: string;
  /** It is a plugin: what it writes to standard output is read by `plugin-lines.ts`, and its log is what it says there. */
  readonly isPlugin?: boolean;
  /** Values that are taken out of its output. Absent for none: then output goes straight on. */
  readonly secrets?: readonly string[];
  /** Whom its processes run as, in that group and no other; absent for the spawner's own. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Why a tree was stopped. `worker_gone`: nobody was left to report to; `output_limit`: it wrote too much; `protocol`: a plugin broke its. */
export type StopReason =
  | 'cancelled'
  | 'timed_out'
  | 'shutdown'
  | 'fenced'
  | 'worker_gone'
  | 'output_limit'
  | 'protocol';

export interface Started {
  readonly pid: number;
  readonly startedAt: Instant;
}

/** How a tree ended. */
export interface Ended {
  /** `lost`: the spawner died under it; what the process did is unknown. */
  readonly outcome: 'exited' | 'not_started' | 'lost';
  readonly exitCode: number | null;
  /** The signal that ended the process itself, such as `SIGKILL`. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Null when it ended by itself. */
  readonly stopped: StopReason | null;
  readonly endedAt: Instant;
  /** Processes of the tree that were alive after the end of its first one, and were ended. */
  readonly leftBehind: number;
  /** Processes of the tree that had been asked to end (SIGTERM), had not, and were killed. */
  readonly ignoredTerm: number;
  /** Processes of the tree that were seen, its first included; one that came and went unseen is not counted. */
  readonly processes: number;
  /** Processes that could not be ended. Should be empty always. */
  readonly survivors: readonly Survivor[];
  /** The last few kilobytes of standard error. */
  readonly stderrTail: string;
  readonly bytes: number;
  readonly cutBytes: number;
  /** Sampled, so absent for a very short process; the tree's together. */
  readonly memoryPeakMb?: number;
  readonly cpuSeconds?: number;
  readonly error?: StartError;
  /** Of a plugin: what it said at its end, null when it did not, and how many lines came before. */
  readonly plugin?: { readonly end: PluginEnd | null; readonly lines: number };
  /** The log could not be written to its end, as the disk refused. */
  readonly logError?: string;
}

/** Why a process could not be started. */
export interface StartError {
  /** The system's word, such as `ENOENT`. */
  readonly code: string;
  readonly message: string;
  /** The machine was short of something; the same start may work later. */
  readonly retryable: boolean;
}

/** What the processes of a spawner may use; null is no limit of ours. */
export interface SpawnerLimits {
  /** Open files of one process. The spawner lives under it, too, and needs a few for each job. */
  readonly openFiles: number | null;
  /** Bytes of one file. */
  readonly fileBytes: number | null;
}

/** What a spawner is started with. */
export interface SpawnerArguments extends SpawnerLimits {
  /** How far the worker's clock is from the machine's. */
  readonly offset: Millis;
  /** The one level that may be used; null takes the best there is. */
  readonly pin: Containment | null;
  /** An order that waited for longer is not carried out, as its run may be another's by then; null is no limit. */
  readonly startWithinMs: Millis | null;
}

export type ToSpawner =
  /** `saidAt`: the machine's `boot` clock, which goes on while both stand still. */
  | { readonly type: 'run'; readonly key: number; readonly order: StartOrder; readonly saidAt: Millis }
  | { readonly type: 'stop'; readonly key: number; readonly why: StopReason; readonly graceMs: Millis | null }
  /** How long ago the worker sent the renewal that has now succeeded. */
  | { readonly type: 'renewed'; readonly ageMs: Millis };

export type FromSpawner =
  /** `unavailable`: why no higher level is used, by level. */
  | {
      readonly type: 'ready';
      readonly containment: Containment;
      readonly unavailable: Readonly<Partial<Record<Containment, string>>>;
    }
  /** It cannot work as it was told to, and ends. */
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'started'; readonly key: number; readonly started: Started }
  | { readonly type: 'ended'; readonly key: number; readonly ended: Ended }
  | { readonly type: 'progress'; readonly key: number; readonly progress: PluginProgress }
  | { readonly type: 'trouble'; readonly message: string; readonly fields: Readonly<Record<string, unknown>> };

/** The end of an order that waited until it was no longer its worker's to give. */
export function tooLate(endedAt: Instant): Ended {
  const error = {
    code: 'order_late',
    message: 'The spawner stood still until the order was too old.',
    retryable: true,
  };
  return { ...unknownEnd(endedAt), outcome: 'not_started', error };
}

/** The end of a tree that nobody saw. */
export function unknownEnd(endedAt: Instant): Ended {
  return {
    outcome: 'lost',
    exitCode: null,
    signal: null,
    timedOut: false,
    stopped: null,
    endedAt,
    leftBehind: 0,
    ignoredTerm: 0,
    processes: 0,
    survivors: [],
    stderrTail: '',
    bytes: 0,
    cutBytes: 0,
  };
}

/** Sends what one turn of the loop has to say as one message: each costs a system call and more on both sides. */
export function inBatches<T>(send: (batch: readonly T[]) => void): (message: T) => void {
  let waiting: T[] = [];
  return (message) => {
    if (waiting.push(message) > 1) return;
    afterThisTurn(() => {
      const batch = waiting;
      waiting = [];
      send(batch);
    });
  };
}

const passing = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'EIO']);

/** A start error as a value; what the machine was short of is retryable, what the order got wrong is not. */
export function toStartError(error: unknown, message?: string): StartError {
  const { code = 'UNKNOWN', message: said } = error as { code?: string; message?: string };
  return { code, message: message ?? said ?? String(error), retryable: passing.has(code) };
}
