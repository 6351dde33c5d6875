import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SharedFlush } from './shared-flush.ts';

/** Flushes that last until the test ends them. */
function disk() {
  const under: { readonly who: string; readonly done: PromiseWithResolvers<void> }[] = [];
  const flush = (who: string) => () => {
    const done = Promise.withResolvers<void>();
    under.push({ who, done });
    return done.promise;
  };
  const names = (): string[] => under.map(({ who }) => who);
  return { flush, names, under };
}

test('who commits while a flush is under way waits for the next, and all of them for the same', async () => {
  const { flush, names, under } = disk();
  const shared = new SharedFlush();
  const told: string[] = [];
  const wait = (who: string): Promise<number> => shared.wait(flush(who)).then(() => told.push(who));
  const all = [wait('a'), wait('b'), wait('c')];
  await nextTurn();
  expect(names()).toEqual(['a']);
  under[0]?.done.resolve();
  await nextTurn();
  expect([names(), told]).toEqual([['a', 'b'], ['a']]);
  all.push(wait('d'));
  under[1]?.done.resolve();
  await nextTurn();
  expect([names(), told]).toEqual([
    ['a', 'b', 'd'],
    ['a', 'b', 'c'],
  ]);
  under[2]?.done.resolve();
  await Promise.all(all);
  expect(told).toEqual(['a', 'b', 'c', 'd']);
});

test('when who led loses its connection, the others ask by their own', async () => {
  const { flush, names, under } = disk();
  const shared = new SharedFlush();
  const [a, b, c] = [shared.wait(flush('a')), shared.wait(flush('b')), shared.wait(flush('c'))];
  under[0]?.done.reject(new Error('gone'));
  await expect(a).rejects.toThrow('gone');
  await nextTurn();
  under[1]?.done.reject(new Error('gone, too'));
  await expect(b).rejects.toThrow('gone, too');
  await nextTurn();
  expect(names()).toEqual(['a', 'b', 'c']);
  under[2]?.done.resolve();
  await c;
  const d = shared.wait(flush('d'));
  expect(names()).toEqual(['a', 'b', 'c', 'd']);
  under[3]?.done.resolve();
  await d;
});
