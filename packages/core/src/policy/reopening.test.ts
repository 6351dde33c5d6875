import { describe, expect, test } from 'vitest';
import { farthest } from '../model/maintenance.ts';
import type { WaitingRun } from '../model/run.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { placesIn } from './reopening.ts';

const now = Date.UTC(2027, 0, 1, 12);
const hour = 3_600_000;
const open: ScheduleSpec = { kind: 'hourly', minute: 0, timezone: 'UTC' };
const until = (to: number): ScheduleSpec => ({ ...open, blackouts: [{ from: now - hour, to }] });
const waits = (runId: number, overrides: Partial<WaitingRun> = {}): WaitingRun => ({
  runId,
  trigger: 'catch_up',
  availableAt: now + hour,
  reason: 'blackout',
  ...overrides,
});

describe('runs that wait for an opening', () => {
  test('move with it, later or earlier, and stay as far apart as they were', () => {
    const spread = [waits(1), waits(2, { availableAt: now + hour + 100 })];
    expect(placesIn(until(now + 2 * hour), spread, now)).toEqual([
      { runId: 1, availableAt: now + 2 * hour, reason: 'blackout' },
      { runId: 2, availableAt: now + 2 * hour + 100, reason: 'blackout' },
    ]);
    expect(placesIn(open, spread, now)).toEqual([
      { runId: 1, availableAt: now, reason: null },
      { runId: 2, availableAt: now + 100, reason: null },
    ]);
    expect(placesIn(until(now + hour), spread, now)).toEqual([]);
  });

  test('that wait for a worker, or for their turn, wait for the opening when one has to come', () => {
    const free = [
      waits(1, { availableAt: now - 5000, reason: null }),
      waits(2, { availableAt: now + 100, reason: null }),
    ];
    expect(placesIn(until(now + hour), free, now)).toEqual([
      { runId: 1, availableAt: now + hour, reason: 'blackout' },
      { runId: 2, availableAt: now + hour + 100, reason: 'blackout' },
    ]);
    expect(placesIn(open, free, now)).toEqual([]);
  });

  test('wait until somebody opens what is closed for good', () => {
    const days = Array.from({ length: 6000 }, (_, day) => new Date(now + day * 24 * hour).toISOString().slice(0, 10));
    expect(placesIn({ ...open, holidays: days }, [waits(1)], now)).toEqual([
      { runId: 1, availableAt: farthest, reason: 'holiday' },
    ]);
  });

  test('are left alone where something else decides: maintenance, a person, a schedule that is on time', () => {
    const others = [
      waits(1, { reason: 'maintenance' }),
      waits(2, { trigger: 'manual', availableAt: now, reason: null }),
      waits(3, { trigger: 'schedule', availableAt: now, reason: null }),
      waits(4, { trigger: 'backfill', availableAt: now, reason: null }),
    ];
    expect(placesIn(until(now + 2 * hour), others, now)).toEqual([]);
    const holiday: ScheduleSpec = { ...open, holidays: ['2027-01-01'] };
    expect(placesIn(holiday, [waits(5, { trigger: 'schedule' })], now)).toEqual([
      { runId: 5, availableAt: now, reason: null },
    ]);
  });
});
