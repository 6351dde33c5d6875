import { expect, test } from 'vitest';
import { nextWords } from './next-words.ts';

const now = Date.parse('2026-11-25T15:30:00Z'); // Wednesday 23:30 in Hong Kong
const zone = 'Asia/Hong_Kong';

test.each([
  ['2026-11-25T15:45:00Z', 'Today at 23:45 UTC+8'],
  ['2026-11-25T16:00:00Z', 'Tomorrow at 00:00 UTC+8'],
  ['2026-11-27T01:00:00Z', 'Friday at 09:00 UTC+8'],
  ['2026-12-01T01:00:00Z', 'Tuesday at 09:00 UTC+8'],
] as const)('%s is said as %s', (at, words) => {
  expect(nextWords(Date.parse(at), now, zone)).toBe(words);
});

test('a week ahead is a date, and never the weekday of today', () => {
  expect(nextWords(Date.parse('2026-12-02T01:00:00Z'), now, zone)).toMatch(/Dec.*2026 at 09:00 UTC\+8$/);
});

test('a day of 23 hours is still one day', () => {
  const before = Date.parse('2027-03-27T23:30:00Z'); // Sunday 00:30 in Berlin, clocks change at 02:00
  expect(nextWords(Date.parse('2027-03-28T22:30:00Z'), before, 'Europe/Berlin')).toBe('Tomorrow at 00:30 UTC+2');
});
