/** When a waiting run is likely to start, as far as that can be told. Pure. */
import type { Instant, Millis } from '../model/instant.ts';

export interface ExpectedFacts {
  readonly now: Instant;
  /** How many may live at once where it waits: slots of workers, or the count of the limit that is full. */
  readonly slots: number;
  /** Those that hold them now. `lengthMs` is what a run of its job usually takes; null when nobody knows. */
  readonly living: readonly { readonly startedAt: Instant | null; readonly lengthMs: Millis | null }[];
  /** Those that come before it, in order. */
  readonly ahead: readonly { readonly lengthMs: Millis | null }[];
}

/** Beyond so many before it nothing is said: each of them adds its own error. */
const farthest = 500;

/**
 * Null where it is not known: without slots, behind runs whose length nobody knows, or far back in the line. A run that
 * has taken longer than usual is taken to end now.
 */
export function expectedStart({ now, slots, living, ahead }: ExpectedFacts): Instant | null {
  if (slots <= 0 || ahead.length > farthest) return null;
  const ends = living.map(({ startedAt, lengthMs }) =>
    lengthMs === null ? Infinity : Math.max(now, (startedAt ?? now) + lengthMs),
  );
  // More may live than there are slots for now: a limit was lowered, or a worker went. The first to end leave no room.
  ends.sort((a, b) => a - b);
  const free = [...Array.from({ length: Math.max(0, slots - ends.length) }, () => now), ...ends.slice(-slots)];
  for (const { lengthMs } of ahead) {
    free.sort((a, b) => a - b);
    free[0] = (free[0] ?? Infinity) + (lengthMs ?? Infinity);
  }
  const start = Math.min(...free);
  return Number.isFinite(start) ? start : null;
}
