import { expect, test } from 'vitest';
import { newUserCode, readUserCode } from './device-sign-in.ts';

test('a code is eight letters that nobody mixes up, and no byte makes one of them likelier', () => {
  const bytes = [255, 240, 0, 19, 20, 239, 1, 2, 3, 4, 5, 6];
  const random = (count: number): Uint8Array => Uint8Array.from(bytes.splice(0, count));
  expect(newUserCode((count) => random(count))).toBe('BZBZ-CDFG');
});

test.each([
  ['BCDF-GHJK', 'BCDF-GHJK'],
  ['bcdfghjk', 'BCDF-GHJK'],
  [' bcdf – ghjk ', 'BCDF-GHJK'],
  ['BCDF-GHJ', null],
  ['BCDF-GHJKL', null],
  ['ABCD-EFGH', null],
  ['BCDF_GHJ1', null],
  ['', null],
])('%j is read as %j', (text, code) => {
  expect(readUserCode(text)).toBe(code);
});
