import { describe, expect, test } from 'vitest';
import { JobTriggerError } from '../../errors.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { ours } from './errors.ts';
import { again } from './session.ts';

/** Work that the server refuses so often before it succeeds. */
function refused(code: string, times: number) {
  let asked = 0;
  const work = async (): Promise<string> => {
    asked += 1;
    if (asked <= times) throw ours(Object.assign(new Error('refused'), { code }));
    return 'done';
  };
  return { work, asked: () => asked };
}
const random = { ...seededRandom(1), next: () => 0 };

describe.each([
  ['40001', 'a serialisation failure'],
  ['40P01', 'a deadlock'],
])('%s, %s', (code) => {
  test('is done again until it succeeds (F29)', async () => {
    const { work, asked } = refused(code, 3);
    expect([await again(random, work), asked()]).toEqual(['done', 4]);
  });

  test('is done again five times and no more (F29)', async () => {
    const { work, asked } = refused(code, Infinity);
    await expect(again(random, work)).rejects.toMatchObject({ code });
    expect(asked()).toBe(6);
  });
});

test.each(['23505', '55P03', '57014', '57P01', 'ECONNRESET'])(
  'what failed with %s is not done again (F29)',
  async (code) => {
    const { work, asked } = refused(code, 1);
    await expect(again(random, work)).rejects.toBeInstanceOf(code === '23505' ? Error : JobTriggerError);
    expect(asked()).toBe(1);
  },
);
