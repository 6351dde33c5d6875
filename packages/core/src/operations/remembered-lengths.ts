/** How long the runs of jobs usually take, remembered for a minute: a forecast asks it of thousands, and hardly one is another by then. */
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';

const freshMs: Millis = 60_000;

/** @returns by job, absent for one that never succeeded */
export function rememberedLengths({ timeline }: Pick<Store, 'timeline'>, clock: Clock) {
  const known = new Map<Id, { readonly ms: Millis | undefined; readonly at: Millis }>();
  return async (jobIds: readonly Id[]): Promise<ReadonlyMap<Id, Millis>> => {
    const now = clock.boot();
    for (const [id, { at }] of known) if (now - at >= freshMs) known.delete(id);
    const unknown = jobIds.filter((id) => !known.has(id));
    const found = unknown.length === 0 ? new Map<Id, Millis>() : await timeline.usual(unknown);
    for (const id of unknown) known.set(id, { ms: found.get(id), at: now });
    return new Map(
      jobIds.flatMap((id) => {
        const ms = known.get(id)?.ms;
        return ms === undefined ? [] : [[id, ms] as const];
      }),
    );
  };
}
