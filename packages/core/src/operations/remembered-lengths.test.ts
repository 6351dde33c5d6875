import { expect, test } from 'vitest';
import type { Id } from '../model/id.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { rememberedLengths } from './remembered-lengths.ts';

test('lengths are asked for once a minute, also that there is none', async () => {
  const clock = manualClock();
  const asked: (readonly Id[])[] = [];
  let ms = 100;
  const usual = (jobIds: readonly Id[]): Promise<ReadonlyMap<Id, number>> => {
    asked.push(jobIds);
    return Promise.resolve(new Map(jobIds.filter((id) => id !== 3).map((id) => [id, ms])));
  };
  const lengths = rememberedLengths({ timeline: { usual } as never }, clock);
  expect(await lengths([1, 3])).toEqual(new Map([[1, 100]]));
  ms = 200;
  clock.advance(59_000);
  expect(await lengths([1, 2, 3])).toEqual(
    new Map([
      [1, 100],
      [2, 200],
    ]),
  );
  clock.advance(1000);
  expect(await lengths([1, 2, 3])).toEqual(
    new Map([
      [1, 200],
      [2, 200],
    ]),
  );
  expect(asked).toEqual([[1, 3], [2], [1, 3]]);
});
