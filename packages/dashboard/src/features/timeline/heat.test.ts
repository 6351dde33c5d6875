import { expect, test } from 'vitest';
import { heatRow } from './heat.ts';

test('a weekday has 24 hours, and the fullest cell of the week is the darkest', () => {
  const cells = [
    { weekday: 1, hour: 9, runs: 3, failed: 1, skipped: 0, due: 1 },
    { weekday: 2, hour: 0, runs: 8, failed: 0, skipped: 2, due: 0 },
  ];
  const monday = heatRow(cells, 1, 'Monday');
  expect(monday).toHaveLength(24);
  expect(monday[9]).toEqual({
    count: 4,
    share: 23,
    failed: true,
    words: 'Monday 9:00: 3 ran, 1 failed, 0 skipped, 1 due',
  });
  expect(monday[10]).toMatchObject({ count: 0, share: 0, failed: false });
  expect(heatRow(cells, 2, 'Tuesday')[0]?.share).toBe(45);
  expect(heatRow([], 3, 'Wednesday')[0]?.share).toBe(0);
});
