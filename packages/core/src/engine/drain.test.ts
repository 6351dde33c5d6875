import { describe, expect, test } from 'vitest';
import { Drain } from './drain.ts';

describe('runs that catch up', () => {
  test('start so many a second, none before now', () => {
    const drain = new Drain();
    expect([drain.take(1000, 10), drain.take(1000, 10), drain.take(1000, 10)]).toEqual([1000, 1100, 1200]);
    expect([drain.take(1250, 10), drain.take(9000, 10)]).toEqual([1300, 9000]);
  });

  test('do not wait for the hour by which a clock was ahead (F33)', () => {
    const drain = new Drain();
    expect([drain.take(3_601_000, 10), drain.take(3_601_000, 10)]).toEqual([3_601_000, 3_601_100]);
    expect([drain.take(1000, 10), drain.take(1000, 10)]).toEqual([1200, 1300]);
  });
});
