import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstOf } from './first-of.ts';

test('it is the beginning of what sorting all of them gives', () => {
  const items = fc.array(fc.record({ key: fc.integer({ min: 0, max: 9 }), name: fc.string() }), { maxLength: 60 });
  fc.assert(
    fc.property(items, fc.integer({ min: 0, max: 20 }), (all, most) => {
      const compare = (a: { readonly key: number }, b: { readonly key: number }) => a.key - b.key;
      expect(firstOf(all, most, compare)).toEqual(all.toSorted(compare).slice(0, most));
    }),
  );
});

test('of many, most are compared once', () => {
  let compared = 0;
  const many = Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 10_007);
  firstOf(many, 100, (a, b) => {
    compared += 1;
    return a - b;
  });
  expect(compared).toBeLessThan(15_000);
});
