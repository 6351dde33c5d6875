import { expect, test } from 'vitest';
import { hashOf, markOf } from './line-mark.ts';

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
