import { expect, test } from 'vitest';
import { actsFor } from './worker-acts.ts';

const worker = { slots_used: 0, paused_at: null };

test.each([
  ['online', null, ['Drain', 'Pause']],
  ['stale', null, ['Drain', 'Pause']],
  ['draining', null, ['Resume']],
  ['paused', '2026-01-15T12:00:00Z', ['Resume']],
  ['offline', null, ['Remove']],
  ['offline', '2026-01-15T12:00:00Z', ['Resume', 'Remove']],
] as const)('a worker that is %s, paused since %s, may be asked to %j', (state, paused, verbs) => {
  expect(actsFor({ ...worker, state, paused_at: paused }).map(({ verb }) => verb)).toEqual(verbs);
});

test.each([
  [0, 'It carries nothing out now.'],
  [1, 'The run in its hands may finish.'],
  [3, 'The 3 runs in its hands may finish.'],
])('with %i runs in its hands the question says: %s', (count, words) => {
  const [drain] = actsFor({ ...worker, state: 'online', slots_used: count });
  expect(drain?.comesOfIt).toContain(words);
});
