/** What worker and spawner say to each other. Plain JSON over the channel that Node opens between a process and its fork. */
import type { Instant, Millis } from '../model/instant.ts';

/** Start one process tree. The spawner adds nothing to it and leaves nothing out. */
export interface StartOrder {
  readonly runId: string;
  readonly attempt: number;
  readonly fence: number;
  /** Program and arguments as the system gets them; no shell reads them. */
  readonly argv: readonly [string, ...string[]];
  /** The whole environment. `JTP_RUN_ID` in it is what strays of the tree are known by. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly log: string;
  readonly outputLimitBytes: number;
  /** Null is no limit. */
  readonly timeoutMs: Millis | null;
  readonly killGraceMs: Millis;
  /** Killed when no renewal came for so long; null lives through a partition (`CONTRACT.md` 6). */
  readonly leashMs: Millis | null;
}

/** Why a tree was stopped. `worker_gone`: nobody was left to report to. */
export type StopReason = 'cancelled' | 'timed_out' | 'shutdown' | 'fenced' | 'worker_gone';

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
  /** Processes that could not be ended. Should be empty always. */
  readonly survivors: readonly number[];
  /** The last few kilobytes of standard error. */
  readonly stderrTail: string;
  readonly bytes: number;
  readonly cutBytes: number;
  /** Sampled, so absent for a very short process; the tree's together. */
  readonly memoryPeakMb?: number;
  readonly cpuSeconds?: number;
  readonly error?: StartError;
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

export type ToSpawner =
  | { readonly type: 'run'; readonly key: number; readonly order: StartOrder }
  | { readonly type: 'stop'; readonly key: number; readonly why: StopReason; readonly graceMs: Millis | null }
  /** How long ago the worker sent the renewal that has now succeeded. */
  | { readonly type: 'renewed'; readonly ageMs: Millis };

export type FromSpawner =
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly key: number; readonly started: Started }
  | { readonly type: 'ended'; readonly key: number; readonly ended: Ended }
  | { readonly type: 'trouble'; readonly message: string; readonly fields: Readonly<Record<string, unknown>> };

const passing = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'EIO']);

/** A start error as a value; what the machine was short of is retryable, what the order got wrong is not. */
export function toStartError(error: unknown, message?: string): StartError {
  const { code = 'UNKNOWN', message: said } = error as { code?: string; message?: string };
  return { code, message: message ?? said ?? String(error), retryable: passing.has(code) };
}
