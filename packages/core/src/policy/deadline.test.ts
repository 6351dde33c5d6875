import { expect, test } from 'vitest';
import { startDeadlineOf } from './deadline.ts';

const run = { trigger: 'schedule', attempt: 1, dueAt: 1000, createdAt: 50_000 } as const;
const ten = { startDeadlineSeconds: 10 };

test.each([
  ['without one', run, { startDeadlineSeconds: null }, null],
  ['from the instant it was due', run, ten, 11_000],
  ['from its making, when it was asked for', { ...run, trigger: 'manual', dueAt: null } as const, ten, 60_000],
  ['from its making, when it catches up', { ...run, trigger: 'catch_up' } as const, ten, 60_000],
  ['none for a later attempt', { ...run, attempt: 2 }, ten, null],
  ['none for a backfill', { ...run, trigger: 'backfill' } as const, ten, null],
])('a start deadline counts %s', (_, of, definition, deadline) => {
  expect(startDeadlineOf(of, definition)).toBe(deadline);
});
