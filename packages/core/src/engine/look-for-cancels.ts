import type { Id } from '../model/id.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import type { Attempt } from './attempt.ts';

/** Stops what somebody wants ended: reads the wishes without writing a heartbeat, which would ring the bells of others. */
export async function lookForCancels(
  { store, system }: { readonly store: Store; readonly system: System },
  attempts: ReadonlyMap<Id, Attempt>,
): Promise<void> {
  if (attempts.size === 0) return;
  try {
    const loaded = await store.dispatch.load([...attempts.values()].map(({ reference }) => reference));
    for (const { run } of loaded)
      if (run.cancelRequestedAt !== null) attempts.get(run.id)?.stop('cancelled', run.cancelReason);
  } catch (error) {
    system.log.debug('wishes not read; the next heartbeat brings them', { error: String(error) });
  }
}
