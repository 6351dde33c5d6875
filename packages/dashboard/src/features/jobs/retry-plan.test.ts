import { expect, test } from 'vitest';
import { retryWords, spanWords } from './retry-plan.ts';

test.each([
  [
    { max_attempts: 4, strategy: 'exponential', delay_seconds: 30 },
    '30 s, 1 m, 2 m: gives up after 3 m 30 s of waiting.',
  ],
  [{ max_attempts: 3, strategy: 'fixed', delay_seconds: 300 }, '5 m, 5 m: gives up after 10 m of waiting.'],
  [{}, '5 m, 5 m: gives up after 10 m of waiting.'],
  [
    { max_attempts: 4, strategy: 'custom', delays_seconds: [10, 60] },
    '10 s, 1 m, 1 m: gives up after 2 m 10 s of waiting.',
  ],
  [{ max_attempts: 3, strategy: 'exponential', delay_seconds: 3000 }, '50 m, 1 h: gives up after 1 h 50 m of waiting.'],
  [
    { max_attempts: 3, strategy: 'exponential', delay_seconds: 3000, max_delay_seconds: null, max_total_seconds: 7200 },
    '50 m, 1 h 40 m: gives up after 2 h 30 m of waiting, or 2 h after it first started.',
  ],
  [{ max_attempts: 1, strategy: 'fixed', delay_seconds: 5 }, 'One attempt: gives up at the first failure.'],
  [
    { max_attempts: 20, strategy: 'fixed', delay_seconds: 1 },
    '1 s, 1 s, 1 s, 1 s, 1 s, …: gives up after 19 s of waiting.',
  ],
])('%j reads “%s”', (retry, words) => {
  expect(retryWords(retry)).toBe(words);
});

test('no wait is said as such', () => {
  expect(spanWords(0)).toBe('0 s');
});
