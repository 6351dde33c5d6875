import { expect, test } from 'vitest';
import { together } from './together.ts';

test('answers stand in the order of what was asked', async () => {
  expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

test('the error of the first is thrown, also when a later one fails sooner', async () => {
  const late = Promise.withResolvers<never>();
  const both = together([late.promise, Promise.reject(new Error('only because of the first'))]);
  late.reject(new Error('why'));
  await expect(both).rejects.toThrow('why');
});
