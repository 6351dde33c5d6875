import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { occurrence } from '../testing/factories.ts';
import { manualClockStart as start } from '../testing/manual-clock.ts';
import type { Span } from './enumerate.ts';
import { stretchesOf, withoutKnown } from './known.ts';

const minute = 60_000;
const at = (minutes: number): number => start + minutes * minute;
const spec: ScheduleSpec = { kind: 'interval', every: 1, unit: 'minutes', start, timezone: 'UTC' };
const row = (minutes: number): LedgerEntry =>
  occurrence({ scheduleId: 1, dueAt: at(minutes), runId: 9, runCreatedAt: 8 });
const gap = (from: number, to: number): LedgerEntry => ({
  kind: 'gap',
  scheduleId: 1,
  fromAt: at(from),
  toAt: at(to),
  count: to - from + 1,
  reason: 'paused',
  decidedAt: start,
});
const span = (from: number, to: number): Span => ({
  kind: 'span',
  fromAt: at(from),
  toAt: at(to),
  count: to - from + 1,
  reason: 'misfire',
});

describe('what the ledger knows already', () => {
  test('is not planned again, and leaves a mark in its place', () => {
    const due = (minutes: number) => ({ kind: 'dispatch', dueAt: at(minutes), trigger: 'schedule' }) as const;
    const fates = [due(1), due(2), due(3), due(4)];
    expect(withoutKnown(spec, fates, [row(2), gap(4, 6)])).toEqual([
      due(1),
      { kind: 'known', dueAt: at(2) },
      due(3),
      { kind: 'known', dueAt: at(4) },
    ]);
    expect(withoutKnown(spec, fates, [])).toBe(fates);
  });

  test.each([
    ['beside a stretch changes nothing', [row(1), gap(12, 14)], [[2, 10]]],
    [
      'in its middle makes two of it',
      [row(5)],
      [
        [2, 4],
        [6, 10],
      ],
    ],
    ['at its ends makes it shorter', [row(2), row(10)], [[3, 9]]],
    ['over its beginning leaves the end', [gap(0, 4)], [[5, 10]]],
    ['over all of it leaves nothing', [gap(0, 12)], []],
    ['side by side leaves nothing between', [row(2), gap(3, 8), row(9)], [[10, 10]]],
  ] as const)('%s', (_, known, left) => {
    const stretches = stretchesOf(spec, span(2, 10), known as readonly LedgerEntry[]);
    expect(stretches.map(({ fromAt, count }) => [fromAt, count])).toEqual(
      left.map(([from, to]) => [at(from), to - from + 1]),
    );
    for (const [index, { toAt }] of stretches.entries()) {
      const to = at(left[index]?.[1] ?? 0);
      expect(toAt >= to && toAt < to + minute).toBe(true);
    }
  });
});
