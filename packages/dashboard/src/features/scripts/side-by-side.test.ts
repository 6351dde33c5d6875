import { expect, test } from 'vitest';
import { changesIn, nearDifference, pairsOf, type Line } from './side-by-side.ts';

const line = (kind: Line['kind'], text: string): Line => ({ kind, before: 1, after: 1, text });
const lines = [
  line('same', 'a'),
  line('removed', 'b'),
  line('removed', 'c'),
  line('added', 'B'),
  line('same', 'd'),
  line('added', 'e'),
];

test('what was taken out stands beside what was put in for it', () => {
  const texts = pairsOf(lines).map(({ before, after }) => [before?.text ?? null, after?.text ?? null]);
  expect(texts).toEqual([
    ['a', 'a'],
    ['b', 'B'],
    ['c', null],
    ['d', 'd'],
    [null, 'e'],
  ]);
});

test('each change has one place, and what is far from any is left out', () => {
  expect(changesIn(lines)).toEqual([1, 5]);
  const far = [...Array.from({ length: 20 }, () => line('same', 'x')), line('added', 'y')];
  expect(nearDifference(far).filter(Boolean)).toHaveLength(5);
  expect(nearDifference(far.slice(0, 3))).toEqual([true, true, true]);
});
