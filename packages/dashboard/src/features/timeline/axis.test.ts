import { expect, test } from 'vitest';
import { daysOf, placeOf, startOfDay, startOfWeek, ticksOf, weekdayIn, zoomed } from './axis.ts';

const at = (text: string): number => Date.parse(text);

test('a day is as long as its clocks make it', () => {
  const hours = (from: string, to: string, zone: string): number[] =>
    daysOf({ from: at(from), to: at(to) }, zone).map((day) => day.hours);
  expect(hours('2026-03-07T12:00:00Z', '2026-03-09T12:00:00Z', 'America/New_York')).toEqual([24, 23, 24]);
  expect(hours('2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z', 'America/New_York')).toEqual([24, 25, 24]);
  expect(hours('2026-04-04T20:00:00Z', '2026-04-05T08:00:00Z', 'Australia/Lord_Howe')).toEqual([24.5]);
  expect(hours('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z', 'UTC')).toEqual([24]);
});
test('days, weeks and weekdays begin where the zone says', () => {
  expect(startOfDay(at('2026-03-08T12:00:00Z'), 'America/New_York')).toBe(at('2026-03-08T05:00:00Z'));
  expect(startOfWeek(at('2026-03-11T12:00:00Z'), 'America/New_York')).toBe(at('2026-03-09T04:00:00Z'));
  expect(weekdayIn(at('2026-11-25T20:00:00Z'), 'Asia/Tokyo')).toBe(4);
  expect(weekdayIn(at('2026-11-25T20:00:00Z'), 'UTC')).toBe(3);
});
test('ticks stand on the wall clock, and say when a day is no 24 h', () => {
  const ticks = ticksOf({ from: at('2026-03-08T05:00:00Z'), to: at('2026-03-09T04:00:00Z') }, 'America/New_York', 12);
  expect(ticks[0]).toMatchObject({ strong: true, label: expect.stringContaining('23 h') as string });
  expect(ticks.length).toBeLessThanOrEqual(13);
});
test('zoom keeps to its steps, places to the span', () => {
  expect([zoomed(24, -1), zoomed(24, 1), zoomed(1, -1), zoomed(2160, 1)]).toEqual([12, 72, 1, 2160]);
  expect([placeOf(5, { from: 0, to: 10 }), placeOf(-5, { from: 0, to: 10 })]).toEqual([50, 0]);
});
