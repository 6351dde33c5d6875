import type { Millis } from '../model/instant.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';

interface Heeding {
  readonly store: Pick<Store, 'bell'>;
  readonly system: Pick<System, 'clock'>;
  /** At least so long between a pass and one that a bell asks for: many rings make one. */
  readonly quietMs: Millis;
  /** Reading of `mono` at the last pass. */
  readonly passedAt: () => Millis;
  readonly wake: () => void;
}

/** Wakes a loop after something changed. The answer stops listening. */
export function heedChanges({ store, system: { clock }, quietMs, passedAt, wake }: Heeding): () => void {
  let cancel: (() => void) | null = null;
  const stopListening = store.bell.listen('change', () => {
    cancel ??= clock.after(Math.max(0, passedAt() + quietMs - clock.mono()), () => {
      cancel = null;
      wake();
    });
  });
  return () => {
    stopListening();
    cancel?.();
  };
}
