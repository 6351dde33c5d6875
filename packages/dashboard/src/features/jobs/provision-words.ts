import type { ProvisionOutcome } from 'job-trigger-contract';

const order = ['created', 'changed', 'removed', 'unchanged', 'left', 'refused'] as const;
const words: Readonly<Record<(typeof order)[number], string>> = {
  created: 'created',
  changed: 'changed',
  removed: 'removed',
  unchanged: 'unchanged',
  left: 'left to the person who took them over',
  refused: 'refused',
};

/** "2 created, 1 unchanged." and whatever went wrong, a line each. */
export function provisionWords(outcomes: readonly ProvisionOutcome[]): {
  readonly sum: string;
  readonly faults: readonly string[];
} {
  const jobs = outcomes.flatMap((outcome) => outcome.jobs);
  const counts = order
    .map((became) => ({ became, count: jobs.filter((job) => job.became === became).length }))
    .filter(({ count }) => count > 0)
    .map(({ became, count }) => `${count} ${words[became]}`);
  const faults = outcomes.flatMap(({ type, problem, jobs: all }) => [
    ...(problem === null ? [] : [`${type}: ${problem}`]),
    ...all.flatMap(({ name, message }) => (message === null ? [] : [`${name}: ${message}`])),
  ]);
  return { sum: counts.length === 0 ? 'No jobs.' : `${counts.join(', ')}.`, faults };
}
