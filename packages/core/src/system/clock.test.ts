import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock, type Clock } from './clock.ts';

let clock: Clock;
let fired: (readonly [string, number])[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  clock = systemClock();
  fired = [];
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sets a timer that says when it fired. */
function timer(name: string, delay: number, early?: number): () => void {
  const from = clock.mono();
  return clock.after(delay, () => fired.push([name, clock.mono() - from]), early);
}

test('a timer that may come early goes along with whatever wakes the process up, and never sooner than it may', () => {
  timer('patient', 1000, 300);
  timer('too soon', 600);
  timer('waker', 750);
  timer('never early', 1100);
  vi.advanceTimersByTime(2000);
  expect(fired).toEqual([
    ['too soon', 600],
    ['waker', 750],
    ['patient', 750],
    ['never early', 1100],
  ]);
});

test('without another timer it comes at its time, once', () => {
  timer('patient', 1000, 300);
  vi.advanceTimersByTime(5000);
  expect(fired).toEqual([['patient', 1000]]);
});

test('one that is cancelled by the timer that would take it along does not fire', () => {
  const cancel = timer('patient', 1000, 500);
  clock.after(700, cancel);
  timer('other', 1200, 501);
  vi.advanceTimersByTime(5000);
  expect(fired).toEqual([['other', 700]]);
});

test('timers that set themselves again settle on the instants of the most frequent one', () => {
  const wakes = new Set<number>();
  const every = (ms: number, early: number): void => {
    clock.after(
      ms,
      () => {
        wakes.add(clock.mono());
        every(ms, early);
      },
      early,
    );
  };
  const from = clock.mono();
  every(1000, 0);
  for (const [ms, after] of [
    [4000, 130],
    [5000, 460],
    [10_000, 640],
  ] as const)
    clock.after(after, () => every(ms, 700));
  vi.advanceTimersByTime(12_000);
  wakes.clear();
  vi.advanceTimersByTime(60_000);
  expect([...wakes].map((at) => (at - from) % 1000)).toEqual(Array.from({ length: 60 }, () => 0));
});
