import type { EditConflict, Job, JobInput } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { contestedOf, mergedPatch, proposed } from './edit-conflict.ts';

const schedule = { kind: 'daily', times: ['09:00'], timezone: 'UTC', name: null, active: true, priority: 0 };
const job = {
  type: 'script',
  config: { script: 'a.sh', args: [], working_dir: null },
  description: 'old',
  timeout_seconds: 60,
  tags: [],
  schedules: [{ ...schedule, id: 'x', description: 'Daily at 09:00', next_due_at: '2026-01-15T09:00:00Z' }],
} as unknown as Job;
const before = { ...job, schedules: [{ ...schedule, id: 'x' }] } as unknown as JobInput;

const conflict = (difference: EditConflict['difference']): EditConflict => ({
  version: 4,
  saved_by: 'Ann',
  saved_at: '2026-01-15T12:00:00Z',
  difference,
});

test('of what only one changed the change is proposed, and what both changed is marked', () => {
  const mine: JobInput = { ...before, description: 'mine', timeout_seconds: 90 };
  const found = contestedOf(
    conflict([
      { field: 'description', theirs: 'theirs', yours: 'mine' },
      { field: 'timeout_seconds', theirs: 60, yours: 90 },
      { field: 'tags', theirs: ['x'], yours: [] },
      { field: 'schedules', theirs: [{ ...schedule, times: ['10:00'] }], yours: [schedule] },
    ]),
    job,
    before,
    mine,
  );
  expect(found.map((one) => [one.field, one.changed, proposed(one)])).toEqual([
    ['description', 'both', 'yours'],
    ['timeout_seconds', 'yours', 'yours'],
    ['tags', 'theirs', 'theirs'],
    ['schedules', 'theirs', 'theirs'],
  ]);
});

test('a schedule that only tells another next instant was changed by nobody', () => {
  const [found] = contestedOf(
    conflict([{ field: 'schedules', theirs: [schedule], yours: [{ ...schedule, times: ['10:00'] }] }]),
    job,
    before,
    { ...before, schedules: [{ ...schedule, times: ['10:00'] }] } as unknown as JobInput,
  );
  expect(found?.changed).toBe('yours');
});

test('what is left to them is not sent; a type goes with its configuration', () => {
  const mine = { ...before, type: 'http', config: { url: 'https://example.org' } } as JobInput;
  const found = contestedOf(
    conflict([
      { field: 'type', theirs: 'script', yours: 'http' },
      { field: 'config', theirs: {}, yours: {} },
    ]),
    job,
    before,
    mine,
  );
  expect(found.map(({ field }) => field)).toEqual(['config']);
  const patch = mergedPatch(mine, { config: 'theirs', description: 'yours', tags: 'theirs' });
  expect(Object.keys(patch).toSorted()).toEqual(['description', 'schedules', 'timeout_seconds']);
});
