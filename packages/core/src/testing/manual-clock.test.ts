import { expect, test } from 'vitest';
import { manualClock, manualClockStart } from './manual-clock.ts';

test('timers fire at their own instants, in order, those set on the way included', () => {
  const clock = manualClock();
  const fired: [string, number][] = [];
  clock.after(30, () => fired.push(['late', clock.mono()]));
  clock.after(10, () => {
    fired.push(['early', clock.mono()]);
    clock.after(5, () => fired.push(['nested', clock.mono()]));
  });
  const cancel = clock.after(20, () => fired.push(['cancelled', clock.mono()]));
  cancel();
  clock.advance(29);
  expect(fired).toEqual([
    ['early', 10],
    ['nested', 15],
  ]);
  clock.advance(1);
  expect(fired.at(-1)).toEqual(['late', 30]);
  expect(clock.wall()).toBe(manualClockStart + 30);
  expect(clock.pending).toBe(0);
});

test('setting the wall clock passes no time, and a suspended machine fires no timer', () => {
  const clock = manualClock();
  let fired = 0;
  clock.after(10, () => fired++);
  clock.set(5);
  clock.suspend(1000);
  expect([clock.wall(), clock.mono(), clock.boot(), fired]).toEqual([1005, 0, 1000, 0]);
});
