/** Why an attempt failed, in one of seven words: from facts first, then from what it said. */
import type { FailureCategory } from '../model/run.ts';

export interface FailureFacts {
  readonly timedOut?: boolean;
  readonly httpStatus?: number | null;
  /** Of the system, such as `ECONNREFUSED`. */
  readonly code?: string | null;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  /** Message, stack, the end of standard error. */
  readonly text?: string | null;
}

const networkCodes =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|ENOTFOUND|EAI_\w+|ETIMEDOUT|EPIPE|EADDRNOTAVAIL)$/;

/** In this order; the first that matches decides. */
const texts: readonly (readonly [FailureCategory, RegExp])[] = [
  [
    'api_limit',
    /\b429\b|rate.?limit|limit reached|usage\D{0,12}(?:1\d\d|[2-9]\d\d)\s?%|quota exceeded|too many requests/i,
  ],
  [
    'auth_error',
    /\b40[13]\b|unauthori[sz]ed|forbidden|token (?:has |is )?(?:expired|invalid)|(?:expired|invalid) token/i,
  ],
  ['network_error', /time(?:d )?-?out|connection|network|ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN/i],
  ['config_error', /config|missing|invalid/i],
];

/** The category of the founding table: structured facts, then text in the table's order, then the exit code. */
export function categorise(facts: FailureFacts): FailureCategory {
  const { timedOut = false, httpStatus = null, code = null, exitCode = null, signal = null, text = null } = facts;
  if (timedOut) return 'timeout';
  if (httpStatus === 429) return 'api_limit';
  if (httpStatus === 401 || httpStatus === 403) return 'auth_error';
  if (code !== null && networkCodes.test(code)) return 'network_error';
  if (text !== null) for (const [category, pattern] of texts) if (pattern.test(text)) return category;
  if ((exitCode !== null && exitCode !== 0) || signal !== null) return 'script_error';
  return 'unknown';
}
