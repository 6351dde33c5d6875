import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, toPage } from './cursor.ts';

test('every key survives its way through a position', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), (name, id) => {
      expect(decodeCursor(encodeCursor([name, id]), ['', 0])).toEqual([name, id]);
    }),
  );
});

test('whatever else is given is the beginning or malformed', () => {
  expect(decodeCursor(null, [0])).toBeNull();
  expect(decodeCursor(undefined, [0])).toBeNull();
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(text, ['', 0, '', 0])).toThrow(/position of the page/);
    }),
  );
});

test('a page has a next one exactly when a row more than asked for was read', () => {
  const parts = { key: (row: number) => [row], item: String };
  expect(toPage([1, 2, 3], 2, parts)).toEqual({ items: ['1', '2'], next: encodeCursor([2]) });
  expect(toPage([1, 2], 2, parts)).toEqual({ items: ['1', '2'], next: null });
  expect(toPage([], 2, parts)).toEqual({ items: [], next: null });
});
