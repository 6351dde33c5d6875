/** Leaves out faults one after the other, as long as the seed still fails for the same reason. */
import type { Database } from './database.ts';
import { play, type Played } from './play.ts';
import { planWorld } from './plan.ts';

const reasonsOf = ({ violations }: Pick<Played, 'violations'>): Set<string> =>
  new Set(violations.map((violation) => violation.split(':')[0] ?? ''));

/** @returns the smallest failing world found, played with its trace */
export async function shrink(database: Database, failed: Played): Promise<Played> {
  const without = new Set<number>();
  const wanted = reasonsOf(failed);
  for (const [index] of planWorld(failed.seed).faults.entries()) {
    const tried = new Set([...without, index]);
    const played = await play(database, failed.seed, { without: tried });
    if ([...reasonsOf(played)].some((reason) => wanted.has(reason))) without.add(index);
  }
  return play(database, failed.seed, { without, traces: true });
}
