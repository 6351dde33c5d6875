import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInstant, parseInstant } from './instant.ts';

const last = 8_640_000_000_000_000;

/** What a date says of itself, without the decimals of a whole second. */
const asDate = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

test('an instant is written as a date is, of every day there is', () => {
  fc.assert(fc.property(fc.integer({ min: -last, max: last }), (at) => formatInstant(at) === asDate(at)));
  for (const at of [-last, -86_400_001, -86_400_000, -1, 0, 999, 1000, 86_399_999, 86_400_000, last])
    expect(formatInstant(at)).toBe(asDate(at));
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => parseInstant(formatInstant(at)) === at),
  );
});

test('what can be no date is refused', () => {
  for (const at of [Number.NaN, Infinity, last + 1]) expect(() => formatInstant(at)).toThrow(RangeError);
});
