import { expect, test } from 'vitest';
import { Sweep } from './sweep.ts';

const minute = 60_000;

test('a sweep lasts from its first batch on, through breaks of up to five seconds', () => {
  const sweep = new Sweep();
  expect([10_000, 15_000, 20_000, 20_100].map((now) => sweep.lastsAt(now))).toEqual([0, 5000, 10_000, 10_100]);
});

test.each([
  ['a longer break', 5001],
  ['a clock that goes back', -1],
])('after %s the next one begins', (_, later) => {
  const sweep = new Sweep();
  sweep.lastsAt(10_000);
  sweep.lastsAt(14_000);
  expect(sweep.lastsAt(14_000 + later)).toBe(0);
  expect(sweep.lastsAt(14_000 + later + 1000)).toBe(1000);
});

test('when nothing more is due it is over, however soon the next instant comes', () => {
  const sweep = new Sweep();
  sweep.lastsAt(10_000);
  sweep.end();
  expect(sweep.lastsAt(10_001)).toBe(0);
});

test('it excuses no more than five minutes', () => {
  const sweep = new Sweep();
  let lasts = 0;
  for (let now = 0; now <= 20 * minute; now += 4000) lasts = sweep.lastsAt(now);
  expect(lasts).toBe(5 * minute);
});
