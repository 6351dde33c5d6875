import type { Job } from 'job-trigger-contract';

type OnResume = NonNullable<Job['paused']>['on_resume'];

/** What the end of a pause runs. */
export const resumeWords: Readonly<Record<OnResume, string>> = {
  none: 'Its end runs none of the missed instants.',
  last: 'Its end runs the newest missed instant.',
  all: 'Its end runs the missed instants, oldest first.',
};

export const resumeChoices: readonly { readonly value: OnResume; readonly label: string }[] = [
  { value: 'none', label: 'None of them' },
  { value: 'last', label: 'The newest' },
  { value: 'all', label: 'All, oldest first, up to the catch-up limit' },
];

/** The choice that a field names. */
export function onResumeOf(text: string): OnResume {
  return resumeChoices.find(({ value }) => value === text)?.value ?? 'none';
}
