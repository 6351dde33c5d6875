import type { Id } from '../../model/id.ts';
import type { Store } from '../store.ts';

/** Numbers taken from the counter at once; what is left when the process ends is lost, which is no harm. */
const block = 1000;

/**
 * Hands out ids from a block in memory and draws another when it is used up.
 *
 * @param draw raises the counter by a number and answers the highest id that is now ours
 */
export function idSource(draw: (count: number) => Promise<Id>): Store['ids'] {
  let next = 1;
  let end = 0;
  let drawing: Promise<unknown> = Promise.resolve();

  const take = async (count: number): Promise<readonly Id[]> => {
    const ids: Id[] = [];
    while (ids.length < count && next <= end) ids.push(next++);
    if (ids.length < count) {
      const missing = count - ids.length;
      const size = Math.max(block, missing);
      end = await draw(size);
      next = end - size + 1;
      while (ids.length < count) ids.push(next++);
    }
    return ids;
  };
  return (count) => {
    const mine = drawing.then(() => take(count));
    drawing = mine.catch(() => undefined);
    return mine;
  };
}
