import type { Backfill, BackfillProgress } from 'job-trigger-contract';
import { reasonChoices } from './ledger-filter.ts';

const number = (count: number): string => new Intl.NumberFormat('en').format(count);

export const countedRuns = (count: number): string => `${number(count)} ${count === 1 ? 'run' : 'runs'}`;

/** What is not run of the span, and why. */
export function leftOutWords({ already, refused }: Pick<Backfill, 'already' | 'refused'>): string {
  const held = Object.entries(refused).map(([reason, count]) => {
    const label = reasonChoices.find(({ value }) => value === reason)?.label ?? reason;
    return `${number(count)} ${label.toLowerCase()}`;
  });
  const parts = [...(already === 0 ? [] : [`${number(already)} ran or wait already`]), ...held];
  return parts.length === 0 ? '' : `Left out: ${parts.join(', ')}.`;
}

/** States that any of its runs are in. */
export function progressWords(progress: BackfillProgress): string {
  const { live, timed_out: timedOut, ...rest } = progress;
  const parts = Object.entries({ ...rest, 'at work': live, 'out of time': timedOut })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${number(count)} ${state}`);
  return parts.length === 0 ? '' : `${parts.join(', ')}.`;
}
