import { expect, test } from 'vitest';
import { countedRuns, leftOutWords, progressWords } from './backfill-words.ts';

const none = { waiting: 0, live: 0, succeeded: 0, failed: 0, timed_out: 0, cancelled: 0, lost: 0 };

test('runs are counted in words', () => {
  expect([countedRuns(1), countedRuns(1000)]).toEqual(['1 run', '1,000 runs']);
});

test('what is left out says why', () => {
  expect(leftOutWords({ already: 0, refused: {} })).toBe('');
  expect(leftOutWords({ already: 2, refused: { active_hours: 3 } })).toBe(
    'Left out: 2 ran or wait already, 3 outside active hours.',
  );
});

test('progress names the states that there are', () => {
  expect(progressWords(none)).toBe('');
  expect(progressWords({ ...none, waiting: 3, live: 1, timed_out: 1 })).toBe('3 waiting, 1 at work, 1 out of time.');
});
