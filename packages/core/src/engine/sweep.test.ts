import { expect, test } from 'vitest';
import { Sweep } from './sweep.ts';

const second = 1000;
const minute = 60 * second;

/** One whose batches began and were on the disk at these instants. */
function sweepOf(...batches: readonly (readonly [begun: number, now: number])[]): Sweep {
  const sweep = new Sweep();
  for (const [begun, now] of batches) sweep.planned(begun, now);
  return sweep;
}

test('a sweep lasts from the beginning of its first batch on, through breaks of up to fifteen seconds', () => {
  const sweep = new Sweep();
  expect(sweep.lastsAt(minute)).toBe(0);
  sweep.planned(minute, minute + second);
  expect(sweep.lastsAt(minute + 16 * second)).toBe(16 * second);
  sweep.planned(minute + 16 * second, minute + 17 * second);
  expect(sweep.lastsAt(minute + 17 * second)).toBe(17 * second);
});

test.each([
  ['a longer break', minute + 1 + 15 * second],
  ['a clock that goes back further', minute - 1 - 15 * second],
])('after %s the next one begins', (_, at) => {
  const sweep = sweepOf([0, second], [minute, minute]);
  expect(sweep.lastsAt(at)).toBe(0);
  sweep.planned(at, at + second);
  expect(sweep.lastsAt(at + second)).toBe(second);
});

test('a clock that goes back a little breaks nothing', () => {
  expect(sweepOf([minute, minute + second]).lastsAt(minute + second - 1)).toBe(second - 1);
  expect(sweepOf([minute, minute]).lastsAt(minute - 1)).toBe(0);
});

test('a batch that did not get onto the disk is no part of it', () => {
  const sweep = new Sweep();
  for (let now = 0; now < minute; now += second) expect(sweep.lastsAt(now)).toBe(0);
});

test('who stood still in the midst of a batch was not there', () => {
  expect(sweepOf([0, second], [second, minute]).lastsAt(minute)).toBe(0);
});

test('when nothing more is due it is over, however soon the next instant comes', () => {
  const sweep = sweepOf([0, second]);
  sweep.end();
  expect(sweep.lastsAt(second + 1)).toBe(0);
});

test('it excuses no more than two minutes', () => {
  const sweep = new Sweep();
  for (let now = 0; now <= 20 * minute; now += 4 * second) sweep.planned(now, now + second);
  expect(sweep.lastsAt(20 * minute)).toBe(2 * minute);
});
