/** Whether another attempt follows a failed one, and when. */
import type { Instant, Millis } from '../model/instant.ts';
import type { RetryPolicy } from '../model/job.ts';
import type { FailureCategory } from '../model/run.ts';

export interface RetryFacts {
  /** Null is off. */
  readonly retry: RetryPolicy | null;
  readonly outcome: 'failed' | 'timed_out';
  readonly exitCode: number | null;
  readonly httpStatus: number | null;
  readonly category: FailureCategory | null;
  /** False when the handler knows that trying again cannot help. */
  readonly retryable: boolean;
  /** The other side asked to wait so long. */
  readonly retryAfterMs: Millis | null;
  /** Attempts of the run that failed or timed out, this one included; lost ones follow `on_lost`. */
  readonly failures: number;
  /** Start of the first attempt: what `max_total_seconds` counts from. */
  readonly firstStartedAt: Instant;
  readonly now: Instant;
}

/** Start of the next attempt, or null when the run ends with this one. */
export function retryAt(facts: RetryFacts): Instant | null {
  const { retry, failures, now } = facts;
  if (retry === null || failures >= retry.maxAttempts || !isWorthwhile(retry, facts)) return null;
  const at = now + Math.max(delayAfter(retry, failures), facts.retryAfterMs ?? 0);
  const tooLong = retry.maxTotalSeconds !== null && at - facts.firstStartedAt > retry.maxTotalSeconds * 1000;
  return tooLong ? null : at;
}

/** A year: beyond it a doubled delay means never, and soon no instant at all. */
const longestSeconds = 366 * 86_400;

/** The delay after the nth failure, from 1. */
export function delayAfter(retry: RetryPolicy, failures: number): Millis {
  const seconds = {
    fixed: retry.delaySeconds,
    exponential: Math.min(retry.delaySeconds * 2 ** (failures - 1), longestSeconds),
    custom: retry.delaysSeconds?.[Math.min(failures, retry.delaysSeconds.length) - 1] ?? retry.delaySeconds,
  }[retry.strategy];
  return Math.round(Math.min(seconds, retry.maxDelaySeconds ?? Infinity) * 1000);
}

/** A list that is there, and a number that stands in it. */
const names = (list: readonly number[] | null, found: number | null): boolean =>
  found !== null && list?.includes(found) === true;

function isWorthwhile(
  { on }: RetryPolicy,
  { outcome, exitCode, httpStatus, category, retryable }: RetryFacts,
): boolean {
  if (outcome === 'timed_out') return on.timedOut;
  if (names(on.exitCodes, exitCode) || names(on.httpStatus, httpStatus)) return true;
  if (!retryable || category === 'auth_error' || category === 'config_error') return false;
  const listed = httpStatus === null ? on.exitCodes : on.httpStatus;
  return listed === null;
}
