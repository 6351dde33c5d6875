import { expect, test } from 'vitest';
import { summaryOf } from './bulk-words.ts';

test('a result is told in one sentence', () => {
  expect(summaryOf({ act: 'pause', done: 2, failed: 1 }, 'job')).toBe('2 jobs paused, 1 was not.');
  expect(summaryOf({ act: 'retry', done: 1, failed: 0 }, 'run')).toBe('1 run started again.');
  expect(summaryOf({ act: 'cancel', done: 0, failed: 3 }, 'run')).toBe('0 runs cancelled, 3 were not.');
});
