/** Runs that nobody took before their start deadline: they end where they wait. */
import { toUuid, type Id } from '../model/id.ts';
import { startDeadlineOf } from '../policy/deadline.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { ageOf, type ClockJump } from './clock-jump.ts';

const batch = 200;

/**
 * A worker ends what it claims too late; this is for what no worker claims at all.
 *
 * @returns how many were ended
 */
export async function endExpired(
  { store, system }: { readonly store: Store; readonly system: System },
  jump: ClockJump,
): Promise<number> {
  let after: Id = 0;
  let ended = 0;
  for (;;) {
    const waiting = await store.runs.waitingTooLong(after, batch);
    const last = waiting.at(-1);
    if (last === undefined) break;
    after = last.id;
    const now = await store.now();
    const late = (await store.dispatch.load(waiting)).filter(({ run, definition }) => {
      const deadline = startDeadlineOf({ ...run, attempt: 1 }, definition);
      return deadline !== null && run.createdAt + ageOf(run.createdAt, now, jump) > deadline;
    });
    const ids = await store.runs.endWaiting(
      late.map(({ run }) => run.id),
      { state: 'cancelled', reason: 'expired', by: null },
    );
    ended += ids.length;
    for (const { run } of late)
      if (ids.includes(run.id)) system.log.warn('run expired before it could start', { run: toUuid(run) });
  }
  if (ended > 0) store.bell.ring('change');
  return ended;
}
