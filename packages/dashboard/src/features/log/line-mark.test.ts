import { expect, test } from 'vitest';
import { hashOf, lookOf, markOf, reaching } from './line-mark.ts';

test('one line and a range are read from an address', () => {
  expect(markOf('#L120')).toEqual({ from: 120, to: 120 });
  expect(markOf('L140-L120')).toEqual({ from: 120, to: 140 });
});

test('anything else marks nothing', () => {
  for (const hash of ['', '#L0', '#120', '#L1x', '#L<b>']) expect(markOf(hash)).toBeNull();
});

test('a mark is written as it is read', () => {
  for (const hash of ['L7', 'L7-L9']) expect(hashOf(markOf(hash) ?? { from: 0, to: 0 })).toBe(hash);
});

test('a mark reaches from its beginning to a line on either side', () => {
  expect(reaching({ from: 10, to: 12 }, 20)).toEqual({ from: 10, to: 20 });
  expect(reaching({ from: 10, to: 12 }, 5)).toEqual({ from: 5, to: 10 });
  expect(reaching(null, 7)).toEqual({ from: 7, to: 7 });
});

test('the hit one is at stands out before other hits, and these before marked lines', () => {
  const shown = { here: 3, hits: new Set([3, 4]), mark: { from: 3, to: 6 } };
  expect([3, 4, 5, 7].map((line) => lookOf(line, shown))).toEqual(['here', 'hit', 'marked', '']);
  expect(lookOf(5, { ...shown, mark: null })).toBe('');
});
