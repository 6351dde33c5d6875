import { describe, expect, test } from 'vitest';
import { serves, waitingReason, type WaitingFacts } from './waiting.ts';

const now = 10_000;
const worker = { queues: ['default'], labels: ['gpu', 'linux'] };
const run: WaitingFacts['run'] = {
  trigger: 'schedule',
  attempt: 0,
  availableAt: now,
  reason: null,
  queue: 'default',
  workerLabels: [],
};
const facts = (overrides: Partial<WaitingFacts> = {}, ofRun: Partial<WaitingFacts['run']> = {}): WaitingFacts => ({
  run: { ...run, ...ofRun },
  now,
  workers: [worker],
  liveOfJob: 0,
  slots: 1,
  ...overrides,
});
const ahead = { availableAt: now + 1 };

describe('a run waits', () => {
  test.each([
    ['next_in_line', {}, {}],
    ['queue_paused', { paused: true, workers: [] }, {}],
    ['retry_delay', { paused: true }, { ...ahead, attempt: 1 }],
    ['concurrency_lock', { bounds: [{ kind: 'lock', name: 'a', slots: 1, used: 1 }] }, {}],
    ['concurrency_person', { bounds: [{ kind: 'person', name: '7', slots: 2, used: 3 }] }, {}],
    ['concurrency_queue', { bounds: [{ kind: 'queue', name: 'etl', slots: 2, used: 2 }] }, {}],
    ['concurrency_global', { bounds: [{ kind: 'system', name: '', slots: 2, used: 2 }] }, {}],
    ['next_in_line', { bounds: [{ kind: 'system', name: '', slots: 2, used: 1 }] }, {}],
    ['retry_delay', {}, { ...ahead, attempt: 1 }],
    ['retry_delay', { workers: [] }, { ...ahead, attempt: 1 }],
    ['active_hours', {}, { ...ahead, reason: 'active_hours' }],
    ['rate_limit', {}, { ...ahead, trigger: 'catch_up' }],
    ['jitter', {}, ahead],
    ['jitter', {}, { ...ahead, reason: 'overlap' }],
    ['worker_offline', { workers: [] }, {}],
    ['workers_halted', { workers: [], halted: 1 }, {}],
    ['database_changed', { held: true, workers: [] }, {}],
    ['no_worker_matches', {}, { queue: 'reports' }],
    ['no_worker_matches', {}, { workerLabels: ['gpu', 'windows'] }],
    ['next_in_line', {}, { workerLabels: ['gpu'] }],
    ['overlap', { liveOfJob: 1 }, {}],
    ['concurrency_job', { liveOfJob: 3, slots: 3 }, {}],
    ['next_in_line', { liveOfJob: 2, slots: 3 }, {}],
    ['next_in_line', { liveOfJob: 50, slots: null }, {}],
  ] as readonly (readonly [string, Partial<WaitingFacts>, Partial<WaitingFacts['run']>])[])(
    'for %s %#',
    (reason, overrides, ofRun) => {
      expect(waitingReason(facts(overrides, ofRun))).toBe(reason);
    },
  );
});

test('a worker serves a run when it has its queue and all its labels', () => {
  expect(serves(worker, { queue: 'default', workerLabels: ['linux', 'gpu'] })).toBe(true);
  expect(serves(worker, { queue: 'default', workerLabels: ['linux', 'arm'] })).toBe(false);
  expect(serves(worker, { queue: 'other', workerLabels: [] })).toBe(false);
});
