/** From what a handler answered to what the store is told: retries and losses are decided here. */
import type { Instant, Millis } from '../model/instant.ts';
import { endReasons } from '../model/reasons.ts';
import type { JobDefinition } from '../model/job.ts';
import type { AttemptOutcome, Failure } from '../model/run.ts';
import type { HandlerOutcome } from '../handlers/handler.ts';
import { rerunAt } from '../policy/lost.ts';
import { retryAt } from '../policy/retry.ts';
import type { Claim, Finished } from '../store/dispatch-table.ts';

/** What earlier attempts of the run came to. */
export interface History {
  readonly failures: number;
  readonly losses: number;
  /** Null when this is the first attempt that was started. */
  readonly firstStartedAt: Instant | null;
}

export const noHistory: History = { failures: 0, losses: 0, firstStartedAt: null };

export interface OutcomeFacts {
  readonly claim: Claim;
  readonly definition: JobDefinition;
  readonly outcome: HandlerOutcome;
  readonly history: History;
  readonly startedAt: Instant;
  readonly now: Instant;
  readonly maxLost: number;
  /** The wish that a cancelled attempt followed; null when nobody had one. */
  readonly cancelReason: string | null;
  /** As its {@link Work} says. */
  readonly troubled: boolean;
  /** Default null: looked up when it is stored. */
  readonly jobCreatedAt?: Instant | null;
}

/** A start that the machine refused for the moment is tried again after so long. */
export const startRestMs: Millis = 5000;

export function toFinished(facts: OutcomeFacts): Finished {
  const { claim, outcome, troubled, jobCreatedAt = null } = facts;
  const { exitCode, signal, result } = outcome;
  const { runId, fence, jobId } = claim;
  return {
    runId,
    fence,
    jobId,
    jobCreatedAt,
    troubled,
    outcome: outcome.outcome,
    exitCode,
    signal,
    failure: withReset(facts),
    result,
    ...ends[outcome.outcome](facts),
  };
}

/** A limit of the other side says when it is free again: whoever reads of the failure is told. */
function withReset({ outcome: { failure, retryAfterMs }, now }: OutcomeFacts): Failure | null {
  if (failure?.category !== 'api_limit' || retryAfterMs === undefined) return failure;
  return { ...failure, resetsAt: now + retryAfterMs };
}

type End = Pick<Finished, 'state' | 'retryAt' | 'reason' | 'attemptReason' | 'keepAttempt'>;

/** An attempt that ran and did not succeed: tried again by the job's policy, or over. */
function endOfFailure(outcome: 'failed' | 'timed_out', facts: OutcomeFacts): End {
  const { definition, outcome: told, history, startedAt, now } = facts;
  const at = retryAt({
    retry: definition.retry,
    outcome,
    exitCode: told.exitCode,
    httpStatus: told.httpStatus ?? null,
    category: told.failure?.category ?? null,
    retryable: told.retryable,
    retryAfterMs: told.retryAfterMs ?? null,
    failures: history.failures + 1,
    firstStartedAt: history.firstStartedAt ?? startedAt,
    now,
  });
  if (at !== null) return { state: null, retryAt: at, reason: 'retry_delay' };
  return { state: outcome, retryAt: null, reason: known(told.reason) };
}

function endOfLoss({ claim, outcome, history, now, maxLost }: OutcomeFacts): End {
  const at = rerunAt({ onLost: claim.onLost, losses: history.losses + 1, maxLost, now });
  // Ended by the leash, or as the lease was gone: its worker had stopped reporting.
  const why = known(outcome.reason) ?? 'worker_died';
  return at === null
    ? { state: 'lost', retryAt: null, reason: why }
    : { state: null, retryAt: at, reason: null, attemptReason: why };
}

function endOfCancel({ claim, outcome, cancelReason, now }: OutcomeFacts): End {
  const shutdown = outcome.reason === 'worker_shutdown' && cancelReason === null;
  if (shutdown && claim.onLost === 'rerun')
    return { state: null, retryAt: now, reason: null, attemptReason: 'worker_shutdown' };
  const reason = known(cancelReason) ?? known(outcome.reason) ?? 'cancel_requested';
  return { state: 'cancelled', retryAt: null, reason };
}

function endOfNoStart({ outcome, now }: OutcomeFacts): End {
  const why = known(outcome.reason) ?? 'not_started';
  if (outcome.retryable)
    return { state: null, retryAt: now + startRestMs, reason: null, attemptReason: why, keepAttempt: true };
  return { state: 'failed', retryAt: null, reason: why };
}

const success: End = { state: 'succeeded', retryAt: null, reason: null };

const ends: Readonly<Record<AttemptOutcome, (facts: OutcomeFacts) => End>> = {
  succeeded: () => success,
  failed: (facts) => endOfFailure('failed', facts),
  timed_out: (facts) => endOfFailure('timed_out', facts),
  lost: endOfLoss,
  cancelled: endOfCancel,
  not_started: endOfNoStart,
};

/** Only codes of the catalogue are kept as a run's reason: every one of them has its sentence. */
function known(reason: string | null): string | null {
  return endReasons.find((code) => code === reason) ?? null;
}
