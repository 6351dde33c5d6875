/** Why an attempt failed, in one of seven words: from facts first, then from what it said. */
import type { Millis } from '../model/instant.ts';
import type { Failure, FailureCategory } from '../model/run.ts';

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
  ['network_error', /time(?:d ?)?-?out|connection|network|ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN/i],
  ['config_error', /config|missing|invalid/i],
];

const byStatus: Readonly<Record<number, FailureCategory>> = { 401: 'auth_error', 403: 'auth_error', 429: 'api_limit' };

/** From what was measured, before anything is read. */
function fromFacts({ timedOut = false, httpStatus, code }: FailureFacts): FailureCategory | null {
  if (timedOut) return 'timeout';
  const known = byStatus[httpStatus ?? 0];
  if (known !== undefined) return known;
  return networkCodes.test(code ?? '') ? 'network_error' : null;
}

function fromText(text: string): FailureCategory | null {
  return texts.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

function fromEnd({ exitCode, signal }: FailureFacts): FailureCategory | null {
  return (exitCode ?? 0) !== 0 || (signal ?? null) !== null ? 'script_error' : null;
}

/** The category of the founding table: structured facts, then text in the table's order, then the exit code. */
export function categorise(facts: FailureFacts): FailureCategory {
  return fromFacts(facts) ?? fromText(facts.text ?? '') ?? fromEnd(facts) ?? 'unknown';
}

/** What is said of a process that ended badly by itself. `detail` is the end of its standard error. */
export function exitFailure(facts: {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly tookMs: Millis | null;
  readonly detail: string | null;
}): Failure {
  const { exitCode, signal, tookMs, detail } = facts;
  const how = signal === null ? `Exit ${exitCode}` : `Ended by ${signal}`;
  const message = `${how}${tookMs === null ? '' : ` after ${duration(tookMs)}`}`;
  return { category: categorise({ exitCode, signal, text: detail }), message, detail };
}

/** "140 ms", "1.2 s", "14 s", "2 m 14 s". */
function duration(ms: Millis): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${Math.round(ms / 100) / 10} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}
