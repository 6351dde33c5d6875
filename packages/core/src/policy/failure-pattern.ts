/** What the failures of one job have in common: its own runs and no others. */
import type { Instant } from '../model/instant.ts';
import { reasonText } from '../model/reason-text.ts';
import { failureCategories, type FailedRun, type FailureCategory } from '../model/run.ts';
import type { FailurePattern } from '../model/trouble.ts';

export interface FailurePatternFacts {
  /** Newest first. */
  readonly failures: readonly FailedRun[];
  /** The newest run that succeeded; null when none did since the oldest of the failures. */
  readonly lastSuccess: { readonly id: number; readonly createdAt: Instant } | null;
  readonly periodDays: number;
  readonly now: Instant;
}

const dayMs = 86_400_000;
/** Failures whose categories are looked at. */
const newest = 5;
const textsShown = 3;
const textLength = 100;

export function failurePattern({ failures, lastSuccess, periodDays, now }: FailurePatternFacts): FailurePattern {
  const isSince = ({ createdAt, id }: FailedRun): boolean =>
    lastSuccess === null ||
    createdAt > lastSuccess.createdAt ||
    (createdAt === lastSuccess.createdAt && id > lastSuccess.id);
  return {
    consecutiveFailures: failures.filter(isSince).length,
    recentFailures: failures.filter(({ endedAt }) => endedAt > now - periodDays * dayMs).length,
    failureReason: categoryOfJob(failures),
    lastFailureAt: failures[0]?.endedAt ?? null,
    errorPatterns: [...new Set(failures.map(errorText))].filter((text) => text !== '').slice(0, textsShown),
  };
}

function categoryOfJob(failures: readonly FailedRun[]): FailureCategory | null {
  const found = failures.slice(0, newest).map(categoryOf);
  return failureCategories.find((category) => found.includes(category)) ?? null;
}

export function categoryOf({ state, failure }: Pick<FailedRun, 'state' | 'failure'>): FailureCategory {
  return failure?.category ?? (state === 'timed_out' ? 'timeout' : 'unknown');
}

/** The last line it wrote says more than its exit code; without one, how it ended, less how long that took. */
function errorText({ failure, reason }: FailedRun): string {
  const lines = (failure?.detail ?? '').split('\n').map((line) => line.trim());
  const said = lines.findLast((line) => line !== '') ?? failure?.message.replace(/ after [\d.]+ m?s.*$/, '');
  return (said ?? (reason === null ? '' : reasonText(reason, {}, 'ended'))).slice(0, textLength);
}
