import { expect, test } from 'vitest';
import type { ScheduleSpec } from '../model/schedule.ts';
import { highestOf, offsetOf, peaksOf, windowFor } from './forecast.ts';
import { aheadOf, countAhead, stretchOf } from './timeline.ts';

const minute = 60_000;
const hour = 60 * minute;
const every = (minutes: number): ScheduleSpec => ({
  kind: 'interval',
  every: minutes,
  unit: 'minutes',
  start: 0,
  timezone: 'UTC',
});

test('instants ahead are all told, or not at all', () => {
  const reach = { after: 0, until: hour };
  expect(aheadOf(every(15), { ...reach, limit: 4 })?.map(({ at }) => at / minute)).toEqual([15, 30, 45, 60]);
  expect(aheadOf(every(15), { ...reach, limit: 3 })).toBeNull();
});
test('stretches are what people read off an axis', () => {
  expect(stretchOf(24 * hour, 100)).toBe(15 * minute);
  expect(stretchOf(90 * 24 * hour, 100)).toBe(24 * hour);
  expect(stretchOf(3650 * 24 * hour, 100)).toBeGreaterThanOrEqual(30 * 24 * hour);
});
test('counts are exact within the budget, and go on at their rate beyond it', () => {
  const reach = { from: 0, after: 0, until: 10 * hour - 1 };
  const exact = countAhead(every(15), reach, { width: hour, budget: 1000 });
  expect(exact).toMatchObject({ estimated: false, walked: 39 });
  expect([...exact.due.values()]).toEqual([3, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
  const reckoned = countAhead(every(15), reach, { width: hour, budget: 8 });
  expect(reckoned).toMatchObject({ estimated: true, walked: 8 });
  expect([...reckoned.due.values()].slice(3)).toEqual([4, 4, 4, 4, 4, 4, 4]);
  const night = { ...every(60), activeHours: [{ from: '00:00', to: '02:00' }] };
  const held = countAhead(night, reach, { width: 10 * hour, budget: 1000 });
  expect([held.due.get(0), held.dropped.get(0)]).toEqual([1, 8]);
});
test('14 starts for 4 slots: the last waits for three before it', () => {
  const starts = Array.from({ length: 14 }, (_, job) => ({ at: 3 * hour, job, lengthMs: 7 * minute }));
  const [peak] = peaksOf(starts, 4, 10);
  expect(peak).toMatchObject({ at: 3 * hour, starts: 14, lastWaitMs: 21 * minute, longestMs: 7 * minute });
  expect(peaksOf(starts, 14, 10)).toEqual([]);
  expect(highestOf(starts)).toBe(14);
  if (peak !== undefined) expect(windowFor(peak, 4)).toBe(30);
});
test('a name is always set back by the same, inside its window', () => {
  const offsets = Array.from({ length: 200 }, (_, at) => offsetOf(`job ${at}`, 30));
  expect(offsets).toEqual(Array.from({ length: 200 }, (_, at) => offsetOf(`job ${at}`, 30)));
  expect(Math.min(...offsets)).toBe(0);
  expect(Math.max(...offsets)).toBe(29);
});
