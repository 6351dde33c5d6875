import { expect, test } from 'vitest';
import { nextRest } from './idle.ts';

test('an idle worker rests longer and longer, up to the longest, and briefly again after work', () => {
  const limits = { firstMs: 5000, longestMs: 60_000 };
  const rests: number[] = [];
  for (let rest: number | null = null; rests.length < 9; rests.push(rest)) rest = nextRest(rest, limits);
  expect(rests.slice(0, 3)).toEqual([5000, 7500, 11_250]);
  expect(rests.at(-1)).toBe(60_000);
  expect(nextRest(null, limits)).toBe(5000);
});
