import { expect, test } from 'vitest';
import { lossReason, rerunAt } from './lost.ts';

const now = 5000;

test.each([
  ['fail', 1, null],
  ['rerun', 1, now],
  ['rerun', 2, now],
  ['rerun', 3, null],
  ['rerun', 4, null],
] as const)('under %s a run lost %i times starts again at %s', (onLost, losses, expected) => {
  expect(rerunAt({ onLost, losses, maxLost: 3, now })).toBe(expected);
});

test.each([
  ['starting', 'worker_died', 'start_unknown'],
  ['starting', 'host_gone', 'start_unknown'],
  ['running', 'worker_died', 'worker_died'],
  ['running', 'host_gone', 'host_gone'],
] as const)('a run lost while %s, as %s, is told as %s', (phase, cause, reason) => {
  expect(lossReason(phase, cause)).toBe(reason);
});
