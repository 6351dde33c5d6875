import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('what one claim keeps no other may fill, but those that its own runs leave', () => {
  const slots = new Slots(10, () => 4);
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
  const slots = new Slots(4, () => 6);
  expect(slots.free).toBe(0);
  expect([slots.keep(1).count, slots.keep(2).count, slots.keep(3).count]).toEqual([0, 0, 1]);
});

test('who found none because a claim keeps them hears when it gives them back', () => {
  const slots = new Slots(3, () => 1);
  let heard = 0;
  const hear = (): void => {
    heard += 1;
  };
  slots.whenReleased(hear);
  const kept = slots.keep();
  const more = slots.keep(2);
  slots.whenReleased(hear);
  more.release();
  expect(heard, 'those were not free').toBe(0);
  kept.release();
  slots.keep().release();
  expect(heard).toBe(1);
});
