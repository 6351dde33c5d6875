import { expect, test } from 'vitest';
import type { Millis } from '../model/instant.ts';
import { silentLogger } from '../system/logger.ts';
import { pause } from '../system/pause.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { Loop } from './loop.ts';

function looping(pass: () => Promise<Millis | null>) {
  const clock = manualClock();
  let passes = 0;
  const loop = new Loop({
    name: 'test',
    clock,
    log: silentLogger,
    pass: () => {
      passes += 1;
      return pass();
    },
  });
  /** Lets so much time pass, and whatever that sets off. @returns how many passes there have been */
  const after = async (ms: Millis): Promise<number> => {
    clock.advance(ms);
    await pause(1);
    return passes;
  };
  return { loop, after };
}

test('a loop passes at once, and again after the rest that the pass asked for', async () => {
  const { loop, after } = looping(() => Promise.resolve(1000));
  loop.start();
  expect(await after(0)).toBe(1);
  expect(await after(999)).toBe(1);
  expect(await after(1)).toBe(2);
  await loop.stop();
  expect(await after(5000)).toBe(2);
});

test('a pass that asks for no rest waits until something wakes it', async () => {
  const { loop, after } = looping(() => Promise.resolve(null));
  loop.start();
  expect(await after(3_600_000)).toBe(1);
  loop.wake();
  expect(await after(0)).toBe(2);
  await loop.stop();
});

test('passes never overlap: one that is asked for meanwhile follows', async () => {
  const ends: PromiseWithResolvers<null>[] = [];
  const { loop, after } = looping(() => {
    const end = Promise.withResolvers<null>();
    ends.push(end);
    return end.promise;
  });
  loop.start();
  loop.wake();
  loop.wake();
  expect(await after(0)).toBe(1);
  ends[0]?.resolve(null);
  expect(await after(0)).toBe(2);
  ends[1]?.resolve(null);
  expect(await after(0)).toBe(2);
  await loop.stop();
});

test('an error ends no loop: the next pass comes after a rest that doubles up to two seconds', async () => {
  const { loop, after } = looping(() => Promise.reject(new Error('no database')));
  loop.start();
  let passes = await after(0);
  for (const rest of [200, 400, 800, 1600, 2000, 2000]) {
    expect(await after(rest - 1)).toBe(passes);
    passes += 1;
    expect(await after(1)).toBe(passes);
  }
  await loop.stop();
});

test('stopping waits for the pass under way', async () => {
  const end = Promise.withResolvers<null>();
  const { loop, after } = looping(() => end.promise);
  loop.start();
  await after(0);
  let stopped = false;
  const stopping = loop.stop().then(() => {
    stopped = true;
  });
  await after(0);
  expect(stopped).toBe(false);
  end.resolve(null);
  await stopping;
});

test('a single pass on demand throws what it meets', async () => {
  const { loop } = looping(() => Promise.reject(new Error('no database')));
  await expect(loop.tick()).rejects.toThrow('no database');
});

test('a rest of an hour lasts an hour', async () => {
  const { loop, after } = looping(() => Promise.resolve(3_600_000));
  loop.start();
  expect(await after(0)).toBe(1);
  expect(await after(3_599_999)).toBe(1);
  expect(await after(1)).toBe(2);
  loop.wake();
  expect(await after(0)).toBe(3);
  expect(await after(3_599_999)).toBe(3);
  await loop.stop();
});

test('a rest can be cut short to a time, and never made longer by that', async () => {
  const { loop, after } = looping(() => Promise.resolve(1000));
  loop.start();
  expect(await after(0)).toBe(1);
  loop.wakeWithin(20);
  loop.wakeWithin(50);
  expect(await after(19)).toBe(1);
  expect(await after(1)).toBe(2);
  expect(await after(990)).toBe(2);
  loop.wakeWithin(20);
  expect(await after(10)).toBe(3);
  await loop.stop();
});

test('a rest without an end is ended at once', async () => {
  const { loop, after } = looping(() => Promise.resolve(null));
  loop.wakeWithin(20);
  expect(await after(20), 'not before it has begun').toBe(0);
  loop.start();
  expect(await after(0)).toBe(1);
  loop.wakeWithin(20);
  expect(await after(0)).toBe(2);
  await loop.stop();
});
