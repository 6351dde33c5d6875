import { expect, test } from 'vitest';
import { job, openBreaker, schedule } from '../testing/factories.ts';
import { statusOf, type StatusFacts } from './status.ts';

const calm: StatusFacts = {
  job: job(),
  schedules: [schedule({ jobId: 1 })],
  live: 0,
  queued: 0,
  lastRun: null,
  consecutiveFailures: 0,
};
const failed = { state: 'failed' } as const;
const over = [schedule({ jobId: 1, planAt: null })];
const reset = job({ trouble: { failuresFrom: 5, failingSince: null, breaker: null } });
const paused = job({ active: false });
const stopped = job({ trouble: { failuresFrom: null, failingSince: 1, breaker: openBreaker() } });

test.each([
  ['active', {}],
  ['active', { lastRun: { state: 'succeeded' } }],
  ['active', { lastRun: { state: 'cancelled' } }],
  ['active', { schedules: [] }],
  ['running', { live: 1, queued: 1, consecutiveFailures: 9 }],
  ['queued', { queued: 1, job: paused }],
  ['needs_intervention', { job: stopped, consecutiveFailures: 9 }],
  ['failed', { consecutiveFailures: 5, lastRun: failed }],
  ['having_issues', { consecutiveFailures: 3, lastRun: failed }],
  ['last_run_failed', { consecutiveFailures: 1, lastRun: failed, job: paused }],
  ['last_run_failed', { lastRun: { state: 'timed_out' } }],
  ['last_run_failed', { lastRun: { state: 'lost' } }],
  ['active', { job: reset, lastRun: { ...failed, createdAt: 5 } }],
  ['last_run_failed', { job: reset, lastRun: { ...failed, createdAt: 6 } }],
  ['paused', { job: paused }],
  ['completed', { schedules: over }],
  ['completed', { job: job({ automaticRuns: 2, definition: { maxRuns: 2 } }) }],
  ['active', { schedules: [...over, schedule({ jobId: 1 })] }],
] as readonly (readonly [string, Partial<StatusFacts>])[])('a job is %s with %j', (status, overrides) => {
  expect(statusOf({ ...calm, ...overrides })).toBe(status);
});
