import { expect, test } from 'vitest';
import { manualClock } from '../testing/manual-clock.ts';
import { coalesced, createListeners } from './ring.ts';
import type { BellChannel } from './store.ts';

test('rings of 10 ms become the first at once and one at the end, each channel by itself', async () => {
  const clock = manualClock();
  const sent: [BellChannel, number][] = [];
  const ring = coalesced(clock, (channel) => sent.push([channel, clock.mono()]));
  for (let index = 0; index < 5; index += 1) ring('plan');
  ring('queue');
  await Promise.resolve();
  expect(sent).toEqual([
    ['plan', 0],
    ['queue', 0],
  ]);
  clock.advance(10);
  await Promise.resolve();
  expect(sent.slice(2)).toEqual([['plan', 10]]);
  clock.advance(100);
  ring('plan');
  await Promise.resolve();
  expect(sent.slice(3)).toEqual([['plan', 110]]);
});

test('a listener may leave while it hears', () => {
  const listeners = createListeners(() => undefined);
  const heard: string[] = [];
  const leave = listeners.add('plan', () => {
    heard.push('first');
    leave();
  });
  listeners.add('plan', () => heard.push('second'));
  listeners.hear('plan');
  listeners.hearAll();
  listeners.hear('queue');
  expect(heard).toEqual(['first', 'second', 'second']);
  expect(listeners.size).toBe(1);
});
