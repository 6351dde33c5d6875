import type { LogWindow, Run } from 'job-trigger-contract';
import { runLooks } from '../../lib/states.ts';
import { plainOf } from '../log/ansi.ts';
import { categoryWords, exitWords } from './run-words.ts';

const mostLines = 8;
const mostCharacters = 500;

export interface FailureWords {
  /** What failed, and how the process ended. */
  readonly title: string;
  /** Its class; null when nobody knows it. */
  readonly kind: string | null;
  /** Null where the last lines say the same. */
  readonly detail: string | null;
  readonly reason: string | null;
  /** Last lines of standard error. */
  readonly said: readonly string[];
}

/** What a page says of a failure. `tail` are the last lines of the output. */
export function failureWords(
  run: Pick<Run, 'state' | 'failure' | 'reason_text' | 'exit_code' | 'signal' | 'result'>,
  tail: LogWindow['items'],
): FailureWords {
  const said = tail
    .filter((line) => line.stream === 'stderr')
    .slice(-mostLines)
    .map((line) => plainOf(line.text).slice(0, mostCharacters));
  const { failure, reason_text: reason } = run;
  const exit = exitWords(run);
  const head = failure === null ? runLooks[run.state].label : failure.message;
  const title = exit === null || head.toLowerCase().includes(exit) ? head : `${head} · ${exit}`;
  if (failure === null) return { title, kind: null, detail: null, reason, said };
  const repeats = failure.detail?.split('\n').every((line) => said.includes(plainOf(line))) === true;
  const kind = failsOwnCheck(run) ? 'A check of the answer' : categoryWords[failure.category];
  return { title, kind, detail: repeats ? null : failure.detail, reason, said };
}

/** The answer of an HTTP job came as it should, and one of its own assertions does not hold. */
function failsOwnCheck({ failure, result }: Pick<Run, 'failure' | 'result'>): boolean {
  if (failure?.category !== 'script_error' || typeof result !== 'object' || result === null) return false;
  const { assertions } = result as { readonly assertions?: unknown };
  return Array.isArray(assertions) && assertions.some((each: { readonly ok?: unknown } | null) => each?.ok === false);
}

/** All of it, to be pasted elsewhere. */
export function failureText({ title, kind, detail, reason, said }: FailureWords): string {
  return [title, kind, detail, reason, ...said].filter((part) => part !== null && part !== '').join('\n');
}
