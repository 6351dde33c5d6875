import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('what one claim keeps no other may fill, but those that its own runs leave', () => {
  const slots = new Slots(10, () => 4);
  expect([slots.free, slots.areKept]).toEqual([6, false]);
  const first = slots.keep();
  expect([first.count, slots.free, slots.areKept]).toEqual([6, 0, true]);
  const second = slots.keep(3);
  expect(second.count).toBe(3);
  first.release();
  expect(slots.free).toBe(6);
  second.release();
  expect([slots.free, slots.areKept]).toEqual([6, false]);
});

test('where more is taken than there is, the runs that end fill that up first', () => {
  const slots = new Slots(4, () => 6);
  expect(slots.free).toBe(0);
  expect([slots.keep(1).count, slots.keep(2).count, slots.keep(3).count]).toEqual([0, 0, 1]);
  expect(slots.areKept).toBe(false);
});
