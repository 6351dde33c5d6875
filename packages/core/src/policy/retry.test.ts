import { describe, expect, test } from 'vitest';
import type { RetryPolicy } from '../model/job.ts';
import { delayAfter, retryAt, type RetryFacts } from './retry.ts';

const policy = (overrides: Partial<RetryPolicy> = {}): RetryPolicy => ({
  maxAttempts: 3,
  strategy: 'fixed',
  delaySeconds: 60,
  maxDelaySeconds: null,
  maxTotalSeconds: null,
  delaysSeconds: null,
  on: { exitCodes: null, httpStatus: null, timedOut: true },
  ...overrides,
});
const only = (on: Partial<RetryPolicy['on']>): RetryPolicy =>
  policy({ on: { exitCodes: null, httpStatus: null, timedOut: true, ...on } });

const now = 1_000_000;
const facts = (overrides: Partial<RetryFacts> = {}): RetryFacts => ({
  retry: policy(),
  outcome: 'failed',
  exitCode: 1,
  httpStatus: null,
  category: 'script_error',
  retryable: true,
  retryAfterMs: null,
  failures: 1,
  firstStartedAt: now - 5000,
  now,
  ...overrides,
});

describe('the delay', () => {
  test.each([
    ['fixed', {}, [60, 60, 60, 60]],
    ['exponential', {}, [60, 120, 240, 480]],
    ['exponential', { maxDelaySeconds: 200 }, [60, 120, 200, 200]],
    ['custom', { delaysSeconds: [1, 10] }, [1, 10, 10, 10]],
    ['custom', { delaysSeconds: [1, 10, 100], maxDelaySeconds: 50 }, [1, 10, 50, 50]],
    ['custom', { delaysSeconds: null }, [60, 60, 60, 60]],
  ] as const)('of %s with %j is %j seconds', (strategy, overrides, seconds) => {
    const retry = policy({ strategy, ...overrides });
    expect([1, 2, 3, 4].map((failures) => delayAfter(retry, failures) / 1000)).toEqual(seconds);
  });

  test('stays a finite number after very many failures', () => {
    expect(Number.isSafeInteger(delayAfter(policy({ strategy: 'exponential' }), 100_000))).toBe(true);
  });
});

describe('another attempt', () => {
  test.each([
    ['follows a failure', {}, now + 60_000],
    ['follows the second of three', { failures: 2 }, now + 60_000],
    ['does not follow the last', { failures: 3 }, null],
    ['does not follow without a policy', { retry: null }, null],
    ['follows a time-out', { outcome: 'timed_out' }, now + 60_000],
    ['does not follow a time-out that is left out', { outcome: 'timed_out', retry: only({ timedOut: false }) }, null],
    ['does not follow what cannot get better', { retryable: false }, null],
    ['does not follow a refused sign-in', { category: 'auth_error' }, null],
    ['does not follow a wrong configuration', { category: 'config_error' }, null],
    ['follows an exit code that is named', { retry: only({ exitCodes: [1, 75] }) }, now + 60_000],
    ['does not follow one that is not named', { retry: only({ exitCodes: [75] }) }, null],
    [
      'follows a named code although the handler despairs',
      { retryable: false, retry: only({ exitCodes: [1] }) },
      now + 60_000,
    ],
    ['follows a named status', { exitCode: null, httpStatus: 503, retry: only({ httpStatus: [503] }) }, now + 60_000],
    ['does not follow another status', { exitCode: null, httpStatus: 404, retry: only({ httpStatus: [503] }) }, null],
    ['waits as long as the other side asks', { retryAfterMs: 90_000 }, now + 90_000],
    ['waits its own delay when that is longer', { retryAfterMs: 1000 }, now + 60_000],
    ['follows within the total', { retry: policy({ maxTotalSeconds: 65 }) }, now + 60_000],
    ['does not follow beyond the total', { retry: policy({ maxTotalSeconds: 64 }) }, null],
  ] as readonly (readonly [string, Partial<RetryFacts>, number | null])[])('%s', (_, overrides, expected) => {
    expect(retryAt(facts(overrides))).toBe(expected);
  });
});
