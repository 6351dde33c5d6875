import { expect, test } from 'vitest';
import { spoken, spokenDuration } from './spoken.ts';

test('an instant is told in its zone, with seconds only where there are some', () => {
  expect(spoken(Date.UTC(2027, 2, 28, 1), 'Europe/Berlin')).toBe('2027-03-28 03:00 (UTC+02:00, Europe/Berlin)');
  expect(spoken(Date.UTC(2027, 2, 28, 1, 0, 5, 700), 'UTC')).toBe('2027-03-28 01:00:05 (UTC+00:00, UTC)');
});

test.each([
  [0, '0 s'],
  [1000, '1 s'],
  [119_000, '1 min 59 s'],
  [300_000, '5 min'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
  [187_200_000, '2 d 4 h'],
  [172_800_000 + 60_000, '2 d 1 min'],
])('%i ms is %s', (ms, text) => {
  expect(spokenDuration(ms)).toBe(text);
});
