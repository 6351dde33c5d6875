import { expect, test } from 'vitest';
import { RepeatKey } from './repeat-key.ts';

const keyOf = (keys: RepeatKey, body: unknown): string => keys.headersFor(body)['idempotency-key'];

test('a request has one key until it is answered, and another request another', () => {
  const keys = new RepeatKey();
  const first = keyOf(keys, { name: 'a' });
  expect(first).toMatch(/^[\w-]{8,60}$/);
  expect(keyOf(keys, { name: 'a' })).toBe(first);
  const second = keyOf(keys, { name: 'b' });
  expect(second).not.toBe(first);
  keys.done();
  expect(keyOf(keys, { name: 'b' })).not.toBe(second);
});

test('two acts of the same kind have different keys', () => {
  expect(keyOf(new RepeatKey(), undefined)).not.toBe(keyOf(new RepeatKey(), undefined));
});
