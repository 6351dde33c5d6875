import { expect, test } from 'vitest';
import { expectedStart, type ExpectedFacts } from './expected.ts';

const now = 1000;
const facts = (overrides: Partial<ExpectedFacts>): ExpectedFacts => ({
  now,
  slots: 2,
  living: [],
  ahead: [],
  ...overrides,
});
const runs = (...lengths: readonly (number | null)[]) => lengths.map((lengthMs) => ({ lengthMs, startedAt: now }));

test.each([
  ['at once where a slot is free', {}, now],
  ['when the first of the living is to end', { living: runs(500, 300) }, now + 300],
  ['at once when one of them should have ended', { living: [{ startedAt: 0, lengthMs: 10 }, ...runs(99)] }, now],
  ['after those before it', { living: runs(500, 300), ahead: runs(100, 100) }, now + 500],
  ['behind one of unknown length, by the other slot', { living: runs(null, 300), ahead: runs(100) }, now + 400],
  ['nobody knows behind unknown lengths', { living: runs(null, 300), ahead: runs(null) }, null],
  ['nobody knows without slots', { slots: 0 }, null],
  ['when all but the limit have ended, after that was lowered', { slots: 1, living: runs(100, 200) }, now + 200],
  ['nobody knows far back', { ahead: runs(...Array.from({ length: 501 }, () => 1)) }, null],
])('a run is expected %s', (_, overrides, at) => {
  expect(expectedStart(facts(overrides))).toBe(at);
});
