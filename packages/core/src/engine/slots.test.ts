import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

function slotsOf(all: number, taken: number) {
  let heard = 0;
  const slots = new Slots({ all, taken: () => taken, onReleased: () => void (heard += 1) });
  return { slots, heard: () => heard };
}

test('what one claim keeps no other may fill, but those that its own runs leave', () => {
  const { slots } = slotsOf(10, 4);
  expect(slots.free).toBe(6);
  const first = slots.keep();
  expect([first.count, slots.free]).toEqual([6, 0]);
  const second = slots.keep(3);
  expect(second.count).toBe(3);
  first.release();
  expect(slots.free).toBe(6);
  second.release();
  expect(slots.free).toBe(6);
});

test('where more is taken than there is, the runs that end fill that up first', () => {
  const { slots } = slotsOf(4, 6);
  expect(slots.free).toBe(0);
  expect([slots.keep(1).count, slots.keep(2).count, slots.keep(3).count]).toEqual([0, 0, 1]);
});

test('who found none free hears once, when a claim under way has ended', () => {
  const { slots, heard } = slotsOf(3, 1);
  expect(slots.restFor(500)).toBe(500);
  const kept = slots.keep();
  expect(slots.restFor(500), 'they are given back').toBe(500);
  slots.keep().release();
  expect(heard(), 'that was none').toBe(0);
  kept.release();
  slots.keep().release();
  expect(heard()).toBe(1);
});

test('so does who found none where the claim has only what its own runs leave', () => {
  const { slots, heard } = slotsOf(1, 1);
  expect(slots.restFor(500)).toBe(null);
  slots.keep(1).release();
  expect(heard(), 'nobody has looked since it began').toBe(0);
  const kept = slots.keep(1);
  expect(slots.restFor(500)).toBe(null);
  kept.release();
  expect(heard()).toBe(1);
});
