import { expect, test } from 'vitest';
import { levelOf, turnsOf } from './ageing.ts';

const now = 10_000;
const ageing = { now, stepMs: 1000 };

test.each([
  [3, 0, 3],
  [3, 999, 3],
  [3, 1000, 2],
  [3, 2500, 1],
  [3, 60_000, 0],
  [1, 5000, 0],
  [0, 5000, 0],
  [2, -5000, 2],
])('a run of priority %i has, after waiting %i ms at a step of 1000, the level %i', (priority, waited, level) => {
  expect(levelOf(priority, now - waited, ageing)).toBe(level);
  expect(levelOf(priority, now - waited, { now, stepMs: 0 })).toBe(priority);
});

test('a line comes once for each level that its runs have reached while others come between, lines by level and then by their wait', () => {
  const line = (queue: number, priority: number, [oldest, newest]: readonly [number, number]) => ({
    queue,
    priority,
    head: now - oldest,
    tail: now - newest,
  });
  const lines = [line(1, 1, [10, 0]), line(2, 3, [2500, 100]), line(3, 3, [9000, 8000]), line(4, 1, [20, -50])];
  const order = (stepMs: number) => turnsOf(lines, { now, stepMs }).map((turn) => [turn.line.queue, turn.agedMs]);
  expect(order(1000)).toEqual([
    [3, 3000],
    [2, 2000],
    [4, 0],
    [1, 0],
    // Those that rose by one level and those that rose by none: nobody stands between them.
    [2, 0],
  ]);
  expect(order(0)).toEqual([
    [4, 0],
    [1, 0],
    [3, 0],
    [2, 0],
  ]);
});
