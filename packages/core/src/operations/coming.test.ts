import { expect, test } from 'vitest';
import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import * as factories from '../testing/factories.ts';
import type { ScheduleInForce } from '../store/timeline-table.ts';
import { countComing, walkBudget } from './coming.ts';

const day = 86_400_000;
const minutely: ScheduleSpec = { kind: 'cron', expression: '* * * * *', timezone: 'UTC' };

const inForce = (id: number, spec: ScheduleSpec, cursorAt: Instant): ScheduleInForce => ({
  job: { id, createdAt: 0, name: `job ${id}` },
  schedule: factories.schedule({ jobId: id, spec, cursorAt }),
});

test('schedules of one rule are walked once, each from where its ledger ends, and all are counted exactly', () => {
  const many = Array.from({ length: 1000 }, (_, id) => inForce(id, minutely, id === 7 ? day / 2 : 0));
  const counts = new Map<number, number>();
  const { estimated } = countComing(many, { from: 1, to: day }, day, (jobs, _stretch, _kind, count) => {
    for (const { id } of jobs) counts.set(id, (counts.get(id) ?? 0) + count);
  });
  expect(many.length * (day / 60_000)).toBeGreaterThan(walkBudget);
  expect(estimated).toBe(false);
  expect([counts.get(0), counts.get(7), counts.size]).toEqual([1439, 719, 1000]);
});
