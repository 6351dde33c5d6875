/** A person's word on a clock that jumped ahead by more than a day (`CONTRACT.md` 4). */
import { audited, namedSubject, note, noteNothing } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';

export interface ClockOperations {
  /**
   * Says that the clock is right: the schedulers that wait plan again within a second, and what was due in between ends
   * in a `clock` gap. @returns how many waited
   */
  confirm(actor: Actor): Promise<number>;
}

export function clockOperations({ store }: OperationContext): ClockOperations {
  return {
    async confirm(actor) {
      const held = await audited(store, async (tables) => {
        const count = await tables.schedulers.confirmHolds();
        if (count === 0) {
          noteNothing(tables);
          return 0;
        }
        await tables.events.append([{ kind: 'clock.confirmed', actor: actor.name, data: { via: actor.via } }]);
        const subject = namedSubject('installation', null);
        await note(tables, actor, { action: 'clock.confirmed', subject, after: { schedulers: count } });
        return count;
      });
      if (held > 0) {
        store.bell.ring('plan');
        store.bell.ring('change');
      }
      return held;
    },
  };
}
