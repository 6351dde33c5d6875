/** What carries out a job of one type, and what it is given and answers. */
import type { Instant, Millis } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { AttemptOutcome, Failure, Progress, Provenance, RunState, Survivor } from '../model/run.ts';
import type { RunFiles } from '../spawner/log-path.ts';
import type { RunningProcess } from '../spawner/client.ts';
import type { PluginProgress } from '../spawner/plugin-lines.ts';
import type { StartOrder, StopReason } from '../spawner/protocol.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Clock } from '../system/clock.ts';
import type { Logger } from '../system/logger.ts';
import type { AddressResolver } from './http-connection.ts';
import type { FunctionRegistry } from './function.ts';
import type { Interpreters } from './interpreter.ts';
import type { RunUsers } from './run-users.ts';
import type { ScriptRules } from './script-file.ts';

/** Carries out attempts of one job type. */
export interface Handler {
  readonly type: string;
  /** Answers with a value; what it throws counts as `failed`. Ends soon after `context.signal` is aborted. */
  run(context: HandlerContext): Promise<HandlerOutcome>;
}

/** The names an attempt is known by outside: UUIDs and the key that its side effects can be deduplicated by. */
export interface AttemptNames {
  readonly jobId: string;
  readonly runId: string;
  /** See {@link occurrenceKey}. */
  readonly occurrenceKey: string;
  readonly attempt: number;
  readonly fence: number;
  readonly dueAt: Instant | null;
  readonly origin?: Provenance;
}

/** What a prerequisite came to. */
export interface UpstreamOutcome {
  readonly runId: string;
  readonly state: RunState;
  readonly result: unknown;
}

export interface HandlerContext {
  readonly names: AttemptNames;
  readonly definition: JobDefinition;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly files: RunFiles;
  /** What the jobs it waits for came to, by name; absent for a job that waits for none. */
  readonly upstream?: Readonly<Record<string, UpstreamOutcome>> | undefined;
  /** The job's limit, or the installation's. Null is none. */
  readonly timeoutMs: Millis | null;
  /** Of the contract's section 6; null for jobs that live through a partition. */
  readonly leashMs: Millis | null;
  /** Aborted with a {@link StopReason} when the attempt must end. */
  readonly signal: AbortSignal;
  /** Whether `signal` is aborted, for who has no other use for it. Default: look there. */
  readonly stopping?: () => boolean;
  /** Whether the worker still has the right to start it, for who has waited for something since it was asked. Default: yes. */
  readonly mayStart?: () => boolean;
  readonly onStarted: (started: { readonly pid: number | null; readonly startedAt: Instant }) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Calls `then` once, when the attempt has lived so long that it is shown as running; never, where nobody looks. */
  readonly onLasting?: (then: () => void) => void;
  /** What it is given in confidence; absent for most jobs. */
  readonly secrets?: RunSecrets | undefined;
  readonly ports: HandlerPorts;
}

/** What handlers reach the world through. */
export interface HandlerPorts {
  readonly spawner: {
    run(order: StartOrder, onProgress?: (progress: PluginProgress) => void): RunningProcess;
  };
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: HandlerSettings;
  readonly functions: FunctionRegistry;
  /** Whether a content of a script may run; absent where no approval is required. */
  readonly approvals?: ScriptApprovals | undefined;
  /** Finds the addresses of a name. Default: the system's resolver. */
  readonly resolve?: AddressResolver;
  /** Reads the secrets that jobs name. Without it jobs that name some are not started. */
  readonly secrets?: SecretSource | undefined;
}

/** Asked anew at every start: an approval may have been withdrawn. */
export interface ScriptApprovals {
  isApproved(path: string, hash: string): Promise<boolean>;
}

export interface HandlerSettings {
  /** The scripts folder, absolute. */
  readonly scriptsDir: string;
  readonly scripts: ScriptRules;
  readonly interpreters: Interpreters;
  /** Jobs of type `command` are off unless this is set. */
  readonly allowCommand: boolean;
  /** Addresses, CIDR ranges and hosts that an `http` job may reach although they are inside. */
  readonly outgoingAllow: readonly string[];
  readonly outputLimitBytes: number;
  /** The worker's environment, of which a job gets an allow-list. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** Whom processes run as; absent and null for the worker's own user. */
  readonly runUsers?: RunUsers | null;
}

/** How an attempt ended, before any policy looked at it. */
export interface HandlerOutcome {
  readonly outcome: AttemptOutcome;
  /** A code beyond the outcome, such as `blocked_address`, `script_missing` or `worker_shutdown`. */
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly failure: Failure | null;
  readonly result: unknown;
  /** Of an HTTP job that was answered. */
  readonly httpStatus?: number;
  /** False: trying again cannot help. A `not_started` that is retryable is given back without using up an attempt. */
  readonly retryable: boolean;
  /** The other side asked to wait so long. */
  readonly retryAfterMs?: Millis;
  readonly measured?: Measured;
  /** There may be files in its folder of artifacts. */
  readonly leftArtifacts?: boolean;
}

export interface Measured {
  /** Processes that could not be ended: an event `leaked` names them. */
  readonly survivors: readonly Survivor[];
  /** Processes of the tree that were seen; 0 for an attempt without a process of its own. */
  readonly processes: number;
  /** Of them, those that outlived the first and were killed, and those that had been asked to end before. */
  readonly leftBehind: number;
  readonly ignoredTerm: number;
  readonly outputBytes: number;
  readonly cutBytes: number;
  readonly memoryPeakMb: number | null;
  readonly cpuSeconds: number | null;
  /** SHA-256 of the script that was started; absent for what is no script. */
  readonly scriptHash?: string;
}

const blank = { reason: null, exitCode: null, signal: null, failure: null, result: null, retryable: true } as const;

export function succeeded(facts: Partial<HandlerOutcome> = {}): HandlerOutcome {
  return { ...blank, ...facts, outcome: 'succeeded' };
}

export function failed(failure: Failure, facts: Partial<HandlerOutcome> = {}): HandlerOutcome {
  return { ...blank, ...facts, outcome: 'failed', failure };
}

/** Nothing was executed, as the target is missing, refused or not configured. */
export function notStarted(reason: string, message: string, facts: Partial<HandlerOutcome> = {}): HandlerOutcome {
  const failure: Failure = { category: 'config_error', message, detail: null };
  return { ...blank, retryable: false, ...facts, outcome: 'not_started', reason, failure };
}

const reasons: Readonly<Record<StopReason, string | null>> = {
  cancelled: 'cancel_requested',
  shutdown: 'worker_shutdown',
  fenced: 'fenced',
  worker_gone: 'worker_died',
  timed_out: null,
  output_limit: 'output_limit',
  protocol: 'protocol_broken',
};

/** An attempt that was ended from outside. */
export function stopped(
  why: StopReason,
  facts: Partial<HandlerOutcome> & { timeoutMs?: Millis | null; outputLimitBytes?: number } = {},
): HandlerOutcome {
  const { timeoutMs = null, outputLimitBytes, ...rest } = facts;
  if (why === 'output_limit') {
    const limit = outputLimitBytes === undefined ? 'its limit' : `its limit of ${outputLimitBytes} bytes`;
    const failure: Failure = { category: 'script_error', message: `Wrote more than ${limit}.`, detail: null };
    return failed(failure, { ...rest, reason: reasons[why] });
  }
  if (why === 'timed_out') {
    const limit = timeoutMs === null ? 'its limit' : `its limit of ${timeoutMs / 1000} s`;
    const failure: Failure = { category: 'timeout', message: `Ran longer than ${limit}.`, detail: null };
    return { ...blank, failure, ...rest, outcome: 'timed_out' };
  }
  const outcome = why === 'fenced' || why === 'worker_gone' ? 'lost' : 'cancelled';
  return { ...blank, ...rest, outcome, reason: reasons[why] };
}

/** Why a signal was aborted; `cancelled` when nobody said. */
export function stopReasonOf(signal: AbortSignal): StopReason {
  const reason: unknown = signal.reason;
  return typeof reason === 'string' && reason in reasons ? (reason as StopReason) : 'cancelled';
}
