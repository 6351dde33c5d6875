import { expect, test } from 'vitest';
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { countComing, walkBudget, type Ruled } from './coming.ts';

const day = 86_400_000;
const minutely: ScheduleSpec = { kind: 'cron', expression: '* * * * *', timezone: 'UTC' };

const ruled = (of: number, cursorAt: Instant): Ruled<number> => ({ spec: minutely, cursorAt, of });

test('schedules of one rule are walked once, each from where its ledger ends, and all are counted exactly', () => {
  const many = Array.from({ length: 1000 }, (_, id) => ruled(id, id === 7 ? day / 2 : 0));
  const counts = new Map<number, number>();
  const { estimated } = countComing(many, { from: 1, to: day }, day, (ids, _stretch, _kind, count) => {
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + count);
  });
  expect(many.length * (day / 60_000)).toBeGreaterThan(walkBudget);
  expect(estimated).toBe(false);
  expect([counts.get(0), counts.get(7), counts.size]).toEqual([1439, 719, 1000]);
});
