import { expect, test } from 'vitest';
import { itemsOf } from './items.ts';

test('counts that a run left are told in words, in one order', () => {
  expect(itemsOf({ items_failed: 0, items_processed: 12, other: 3 })).toEqual(['12 processed', '0 failed']);
});
test.each([null, undefined, 'text', 7, [], { items_processed: '12' }, { items_added: Number.NaN }])(
  'nothing is told of %j',
  (result) => {
    expect(itemsOf(result)).toEqual([]);
  },
);
