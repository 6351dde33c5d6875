import { expect, test } from 'vitest';
import { fullAt, readSamples } from './disk-forecast.ts';

const hour = 3_600_000;

test.each([
  ['goes on in a straight line', [{ at: 0, freeBytes: 1000 }], { at: 10 * hour, freeBytes: 500 }, 20 * hour],
  [
    'counts from the oldest',
    [
      { at: 5 * hour, freeBytes: 1 },
      { at: 0, freeBytes: 1000 },
    ],
    { at: 10 * hour, freeBytes: 500 },
    20 * hour,
  ],
  ['is silent before six hours', [{ at: 5 * hour, freeBytes: 1000 }], { at: 10 * hour, freeBytes: 500 }, null],
  ['is silent while nothing is lost', [{ at: 0, freeBytes: 500 }], { at: 10 * hour, freeBytes: 500 }, null],
  ['is silent without samples', [], { at: 0, freeBytes: 500 }, null],
])('the forecast of the disk %s', (_name, samples, now, expected) => {
  expect(fullAt(samples, now)).toBe(expected);
});

test('reads samples, and nothing else', () => {
  expect(readSamples([{ at: 1, freeBytes: 2 }, { at: 'x' }, null])).toEqual([{ at: 1, freeBytes: 2 }]);
  expect(readSamples(null)).toEqual([]);
});
