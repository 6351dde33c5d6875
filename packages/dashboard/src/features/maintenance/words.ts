import type { Maintenance, MaintenanceCost } from 'job-trigger-contract';

/** What becomes of the instants that were held back: as a choice, what it means, and what follows the end. */
export const resumeWords: Readonly<
  Record<Maintenance['resume'], { readonly label: string; readonly means: string; readonly after: string }>
> = {
  skip: {
    label: 'Nothing',
    means: 'They stay skipped.',
    after: 'What was held back stays skipped.',
  },
  one: {
    label: 'One run for each job',
    means: 'For the newest instant of each job.',
    after: 'Each job that was held back runs once.',
  },
  all: {
    label: 'All, the oldest first',
    means: 'At most as many for each schedule as its job catches up, spread over time.',
    after: 'What was held back runs now, the oldest first.',
  },
};

export const stateWords: Readonly<Record<Maintenance['state'], string>> = {
  upcoming: 'To come',
  active: 'On',
  ended: 'Over',
  called_off: 'Called off',
};

/** `1 run`, `1,204 runs`. */
export const counted = (count: number, one: string): string =>
  `${new Intl.NumberFormat('en').format(count)} ${one}${count === 1 ? '' : 's'}`;

/** The cost in one sentence. */
export function costSentence({ count, at_least, job_count, runs_after, until }: MaintenanceCost): string {
  if (count === 0) return 'No run is due in this time.';
  const much = `${at_least ? 'At least ' : ''}${counted(count, 'run')} of ${counted(job_count, 'job')}`;
  const span = until === null ? ' within the first day' : '';
  const after =
    runs_after === 0 ? 'None of them runs afterwards.' : `${counted(runs_after, 'run')} follow when it ends.`;
  return `${much} will not start${span}. ${runs_after === 1 ? '1 run follows when it ends.' : after}`;
}

/** Of an active window: what still moves. Empty when nothing does. */
export function drainsText({ running, queued }: Pick<Maintenance, 'running' | 'queued'>): string {
  const moving = [
    ...((running ?? 0) > 0 ? [`${running} running`] : []),
    ...((queued ?? 0) > 0 ? [`${queued} waiting`] : []),
  ];
  return moving.length === 0 ? '' : `Drains: ${moving.join(', ')}.`;
}
