import type { Job } from 'job-trigger-contract';

type Mode = NonNullable<Job['depends_on']>['mode'];

/** When a set of prerequisites is satisfied, as a person says it. */
export const modeWords: Readonly<Record<Mode, string>> = {
  all_success: 'Starts when all of them have succeeded.',
  any_success: 'Starts after the first of them that succeeds.',
  all_complete: 'Starts when all of them have ended, in whatever way.',
};
