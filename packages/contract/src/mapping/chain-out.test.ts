import type { JobPrerequisites } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { expect, test } from 'vitest';
import { prerequisitesToWire } from './chain-out.ts';

type Each = Pick<JobPrerequisites['all'][number], 'state'> & { readonly notStarted?: boolean };

function textOf(all: readonly Each[]): string | undefined {
  const named = all.map(({ state, notStarted = false }, at) => {
    const job = factories.job();
    const name = ['extract', 'check', 'load'][at] ?? '';
    return {
      job: { ...job, definition: { ...job.definition, name } },
      run: null,
      isMet: state === 'succeeded',
      state,
      notStarted,
    };
  });
  return prerequisitesToWire({ mode: 'all_success', chain: null, all: named })?.text;
}

test.each([
  [[{ state: null }, { state: null }], 'Waits for extract, check (0 of 2).'],
  [[{ state: null }, { state: 'succeeded' }], 'Waits for extract; check is done (1 of 2).'],
  [[{ state: 'failed' }], 'extract failed (0 of 1).'],
  [
    [{ state: 'running' }, { state: 'lost' }, { state: 'succeeded' }],
    'Waits for extract; check was lost; load is done (1 of 3).',
  ],
  [[{ state: null, notStarted: true }, { state: 'timed_out' }], 'extract was not started; check timed out (0 of 2).'],
  [[{ state: 'succeeded' }, { state: 'succeeded' }], 'extract, check are done (2 of 2).'],
] as const)('%j is told as "%s"', (all, text) => {
  expect(textOf(all)).toBe(text);
});
