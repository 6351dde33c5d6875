import { expect, test } from 'vitest';
import type { FailedRun, Failure, FailureCategory } from '../model/run.ts';
import { failurePattern } from './failure-pattern.ts';

const day = 86_400_000;
const now = 1_000 * day;

/** A failure so many days ago. */
function failedRun(ago: number, category: FailureCategory, rest: Partial<Failure> = {}): FailedRun {
  const at = now - ago * day;
  const failure = { category, message: 'Exit 1 after 3 s', detail: null, ...rest };
  return { id: 1000 - Math.round(ago * 10), createdAt: at, endedAt: at, state: 'failed', reason: null, failure };
}

test('a prepared history gives exactly these fields (R-108)', () => {
  const failures = [
    failedRun(1, 'script_error', { detail: 'Traceback:\n  File "a.py", line 3\nValueError: nope\n' }),
    failedRun(2, 'network_error', { detail: 'Error: connect ECONNREFUSED\n    at Socket.x (net.js:1:2)' }),
    failedRun(3, 'script_error'),
    failedRun(4, 'script_error', { message: 'Exit 1 after 14 s' }),
    failedRun(6, 'script_error', { detail: 'x'.repeat(200) }),
    failedRun(9, 'api_limit', { detail: '429' }),
  ];
  const lastSuccess = { id: 1, createdAt: now - 5 * day };
  expect(failurePattern({ failures, lastSuccess, periodDays: 7, now })).toEqual({
    consecutiveFailures: 4,
    recentFailures: 5,
    failureReason: 'network_error',
    lastFailureAt: now - day,
    errorPatterns: ['ValueError: nope', 'Error: connect ECONNREFUSED', 'Exit 1'],
  });
});

test('texts are cut at 100 characters, and the sixth newest failure names no category', () => {
  const failures = [0, 1, 2, 3, 4].map((ago) => failedRun(ago, 'unknown', { detail: `${ago} ${'y'.repeat(200)}` }));
  const pattern = failurePattern({
    failures: [...failures, failedRun(5, 'auth_error')],
    lastSuccess: null,
    periodDays: 30,
    now,
  });
  expect(pattern.failureReason).toBe('unknown');
  expect(pattern.errorPatterns.map(({ length }) => length)).toEqual([100, 100, 100]);
});

test('a run that was lost or timed out without a word counts, and none is nothing', () => {
  const silent = { ...failedRun(1, 'unknown'), failure: null };
  const lost = { ...silent, state: 'lost', reason: 'worker_died' } as const;
  expect(failurePattern({ failures: [lost], lastSuccess: null, periodDays: 7, now })).toMatchObject({
    consecutiveFailures: 1,
    failureReason: 'unknown',
    errorPatterns: ['Its worker stopped while it ran; what the job did is unknown.'],
  });
  const slow = { ...silent, state: 'timed_out' } as const;
  expect(failurePattern({ failures: [slow], lastSuccess: null, periodDays: 7, now }).failureReason).toBe('timeout');
  expect(failurePattern({ failures: [], lastSuccess: null, periodDays: 7, now })).toEqual({
    consecutiveFailures: 0,
    recentFailures: 0,
    failureReason: null,
    lastFailureAt: null,
    errorPatterns: [],
  });
});

test('of a success and a failure made at the same moment the later number decides', () => {
  const failures = [failedRun(1, 'unknown')];
  const [{ id, createdAt } = { id: 0, createdAt: 0 }] = failures;
  const consecutive = (success: number): number =>
    failurePattern({ failures, lastSuccess: { id: success, createdAt }, periodDays: 7, now }).consecutiveFailures;
  expect([consecutive(id - 1), consecutive(id + 1)]).toEqual([1, 0]);
});
