import { describe, expect, test } from 'vitest';
import type { ScheduleSpec } from '../model/schedule.ts';
import { closedAt } from './opening.ts';

const at = (text: string): number => Date.parse(text);
const hourly: ScheduleSpec = { kind: 'hourly', minute: 0, timezone: 'Europe/Berlin' };

describe('what closes a moment, and until when', () => {
  test('nothing closes a schedule without filters', () => {
    expect(closedAt(hourly, at('2026-03-27T12:00:00Z'))).toBeNull();
  });

  test('active hours open on the next day they name', () => {
    const spec: ScheduleSpec = { ...hourly, activeHours: [{ from: '08:00', to: '18:00', weekdays: [1, 2, 3, 4, 5] }] };
    // Friday evening; the clocks go forward on Sunday, so that Monday eight is six o'clock UTC.
    expect(closedAt(spec, at('2026-03-27T18:00:00Z'))).toEqual({
      reason: 'active_hours',
      opensAt: at('2026-03-30T06:00:00Z'),
    });
  });

  test('closings that follow each other are passed together; the first of them is the reason', () => {
    const spec: ScheduleSpec = {
      ...hourly,
      activeHours: [{ from: '08:00', to: '18:00' }],
      holidays: ['2026-05-01'],
      blackouts: [{ from: at('2026-04-30T10:00:00Z'), to: at('2026-04-30T22:30:00Z') }],
    };
    expect(closedAt(spec, at('2026-04-30T11:00:00Z'))).toEqual({
      reason: 'blackout',
      opensAt: at('2026-05-02T06:00:00Z'),
    });
  });

  test('an hour shown twice is open twice', () => {
    const spec: ScheduleSpec = { ...hourly, activeHours: [{ from: '01:30', to: '02:30' }] };
    // 25 October 2026: 03:00 summer time is 02:00 again, an hour of it after the window closed.
    expect(closedAt(spec, at('2026-10-25T00:40:00Z'))).toEqual({
      reason: 'active_hours',
      opensAt: at('2026-10-25T01:00:00Z'),
    });
  });

  test('a blackout that follows itself for ever never opens', () => {
    const spec: ScheduleSpec = { ...hourly, blackouts: [{ from: 0, to: 8.64e15 }] };
    expect(closedAt(spec, at('2026-04-30T11:00:00Z'))).toMatchObject({ reason: 'blackout' });
  });
});
