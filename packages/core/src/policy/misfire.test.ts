import { expect, test } from 'vitest';
import { catchUpPolicies } from '../model/job.ts';
import { decideMisfire, isMissed, type MisfireFacts } from './misfire.ts';

const now = 1_000_000_000;
const toleranceMs = 30_000;
const facts = (lateMs: number, overrides: Partial<MisfireFacts> = {}): MisfireFacts => ({
  dueAt: now - lateMs,
  now,
  toleranceMs,
  catchUp: { policy: 'last', windowSeconds: 3600, max: 2 },
  nth: 0,
  newest: true,
  ...overrides,
});

test('up to the tolerance an instant is late, a millisecond later it was missed', () => {
  expect([0, toleranceMs, toleranceMs + 1].map((late) => isMissed(facts(late)))).toEqual([false, false, true]);
});

test.each(catchUpPolicies)('on time is dispatched under %s', (policy) => {
  const catchUp = { policy, windowSeconds: 3600, max: 2 };
  expect(decideMisfire(facts(0, { catchUp }))).toEqual({ kind: 'dispatch', trigger: 'schedule' });
});

/** The oldest, the second, the third and the newest of four missed instants. */
test.each([
  ['last', ['coalesced', 'coalesced', 'coalesced', 'run']],
  ['none', ['misfire', 'misfire', 'misfire', 'misfire']],
  ['all', ['run', 'run', 'misfire', 'misfire']],
  ['first', ['run', 'misfire', 'misfire', 'misfire']],
  ['manual', ['misfire', 'misfire', 'misfire', 'misfire']],
] as const)('under %s four missed instants come to %j', (policy, expected) => {
  const catchUp = { policy, windowSeconds: 3600, max: 2 };
  const decided = [0, 1, 2, 3].map((nth) => decideMisfire(facts(60_000, { catchUp, nth, newest: nth === 3 })));
  expect(decided.map((each) => (each.kind === 'skip' ? each.reason : 'run'))).toEqual(expected);
});

test.each(catchUpPolicies)('older than the window is misfire under %s', (policy) => {
  const catchUp = { policy, windowSeconds: 3600, max: 2 };
  expect(decideMisfire(facts(3_600_000, { catchUp })).kind).toBe(
    policy === 'none' || policy === 'manual' ? 'skip' : 'dispatch',
  );
  expect(decideMisfire(facts(3_600_001, { catchUp }))).toEqual({ kind: 'skip', reason: 'misfire' });
});
