import { describe, expect, test } from 'vitest';
import { overlapPolicies } from '../model/job.ts';
import { decideOverlap, longestWait, slotsOf, type Blocker } from './overlap.ts';

let made = 0;
const blocker = (state: Blocker['state']): Blocker => ({ id: (made += 1), createdAt: 1, state });
const queued = blocker('queued');
const later = blocker('queued');
const running = blocker('running');
const starting = blocker('starting');
const many = Array.from({ length: longestWait }, () => blocker('queued'));

describe('a new run of an exclusive job', () => {
  test.each(overlapPolicies)('under %s goes ahead when nothing waits or lives', (overlap) => {
    expect(decideOverlap({ overlap, maxConcurrent: 1, blockers: [] })).toEqual({ kind: 'dispatch' });
  });

  test.each([
    ['skip', [running], { kind: 'skip', cause: running }],
    ['skip', [starting], { kind: 'skip', cause: starting }],
    ['skip', [queued], { kind: 'skip', cause: queued }],
    ['skip', [queued, running], { kind: 'skip', cause: running }],
    ['queue_one', [running], { kind: 'wait', cause: running }],
    ['queue_one', [running, queued], { kind: 'supersede', older: [queued], cause: running }],
    ['queue_one', [queued], { kind: 'supersede', older: [queued], cause: queued }],
    ['queue_all', [running, queued, later], { kind: 'wait', cause: running }],
    ['queue_all', [running, ...many.slice(1)], { kind: 'wait', cause: running }],
    ['queue_all', [running, ...many], { kind: 'skip', cause: running }],
    ['replace', [running], { kind: 'replace', blockers: [running], cause: running }],
    ['replace', [running, queued], { kind: 'replace', blockers: [running, queued], cause: running }],
    ['allow', [running], { kind: 'wait', cause: running }],
  ] as const)('under %s behind others %#', (overlap, blockers, expected) => {
    expect(decideOverlap({ overlap, maxConcurrent: 1, blockers })).toEqual(expected);
  });
});

describe('a new run of a job that may have several', () => {
  test.each(overlapPolicies)('under %s goes ahead below the limit', (overlap) => {
    expect(decideOverlap({ overlap, maxConcurrent: 2, blockers: [running] })).toEqual({ kind: 'dispatch' });
  });

  test('under allow waits at the limit, and is skipped behind a hundred', () => {
    expect(decideOverlap({ overlap: 'allow', maxConcurrent: 2, blockers: [running, starting] }).kind).toBe('wait');
    expect(decideOverlap({ overlap: 'allow', maxConcurrent: 2, blockers: [running, starting, ...many] }).kind).toBe(
      'skip',
    );
  });

  test('without a limit always goes ahead', () => {
    const blockers = [running, ...many, ...many];
    expect(decideOverlap({ overlap: 'allow', maxConcurrent: null, blockers })).toEqual({ kind: 'dispatch' });
  });
});

test.each([
  ['allow', null, null],
  ['allow', 3, 3],
  ['skip', null, 1],
  ['skip', 1, 1],
  ['replace', null, 1],
] as const)('under %s a limit of %s means %s at once', (overlap, maxConcurrent, slots) => {
  expect(slotsOf({ overlap, maxConcurrent })).toBe(slots);
});
