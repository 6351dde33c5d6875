import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SharedAnswers } from './shared-answers.ts';

/** Searches that end when somebody says so. */
function searches<T>() {
  const begun: { readonly end: (value: T) => void; readonly fail: (error: Error) => void }[] = [];
  const find = (): Promise<T> => new Promise((resolve, reject) => begun.push({ end: resolve, fail: reject }));
  return { begun, find };
}

/** Long enough for every promise that is settled to be heard, and for a search to begin. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('answers that many share', () => {
  test('who asks together gets the same; who asks while it is looked for gets what is looked for after', async () => {
    const shared = new SharedAnswers<string>();
    const { begun, find } = searches<string>();
    const first = [shared.ask('runs', find), shared.ask('runs', find)];
    await settled();
    expect(begun).toHaveLength(1);
    const second = [shared.ask('runs', find), shared.ask('runs', find)];
    await settled();
    expect(begun).toHaveLength(1);
    begun[0]?.end('before');
    await settled();
    expect(begun).toHaveLength(2);
    begun[1]?.end('after');
    await expect(Promise.all([...first, ...second])).resolves.toEqual(['before', 'before', 'after', 'after']);
    expect(begun).toHaveLength(2);
    expect(shared.size).toBe(0);
  });

  test('different questions do not wait for each other', async () => {
    const shared = new SharedAnswers<string>();
    const { begun, find } = searches<string>();
    const answers = [shared.ask('one', find), shared.ask('two', find)];
    await settled();
    expect(begun).toHaveLength(2);
    for (const { end } of begun) end('found');
    await expect(Promise.all(answers)).resolves.toEqual(['found', 'found']);
  });

  test('an error is told to those who waited for it, and the next search begins all the same', async () => {
    const shared = new SharedAnswers<string>();
    const { begun, find } = searches<string>();
    const first = shared.ask('runs', find);
    await settled();
    const second = shared.ask('runs', find);
    const failed = expect(first).rejects.toThrow('no database');
    begun[0]?.fail(new Error('no database'));
    await failed;
    await settled();
    begun[1]?.end('back');
    await expect(second).resolves.toBe('back');
    await settled();
    expect(shared.size).toBe(0);
  });

  test('nobody gets what was read before they asked, whatever the order of questions, changes and ends', async () => {
    const step = fc.constantFrom('ask', 'change', 'end');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const shared = new SharedAnswers<number>();
        const open: (() => void)[] = [];
        const given: Promise<void>[] = [];
        let version = 0;
        const find = (): Promise<number> => {
          const read = version;
          return new Promise((resolve) => open.push(() => resolve(read)));
        };
        const act = {
          ask() {
            const least = version;
            given.push(shared.ask('runs', find).then((read) => expect(read).toBeGreaterThanOrEqual(least)));
          },
          change: () => (version += 1),
          end: () => open.shift()?.(),
        };
        for (const each of steps) {
          act[each]();
          await settled();
          expect(open.length).toBeLessThanOrEqual(1);
        }
        while (shared.size > 0) {
          open.shift()?.();
          await settled();
        }
        await Promise.all(given);
      }),
      { numRuns: 200 },
    );
  });
});
