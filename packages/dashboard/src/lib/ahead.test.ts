import { expect, test } from 'vitest';
import { aheadText } from './time.ts';

const now = Date.parse('2026-11-25T15:30:00Z');

test.each([
  [60_000, 'in 1 min'],
  [0, 'due now'],
  [-24_000, 'due now'],
  [-31_000, 'due 31 s ago'],
  [-180_000, 'due 3 min ago'],
])('what comes next, %i ms from now, is %s', (distance, words) => {
  expect(aheadText(now + distance, now)).toBe(words);
});
