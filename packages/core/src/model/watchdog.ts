import type { Instant } from './instant.ts';

/** Under which setting the last beats to the outside stand. */
export const watchdogKey = 'watchdog.beats';

/** What became of the beats to the outside watcher. */
export interface WatchdogBeats {
  /** The last that the watcher took; null before the first. */
  readonly sentAt: Instant | null;
  /** The last try. */
  readonly triedAt: Instant | null;
  /** Why the last try failed; null when it did not. */
  readonly error: string | null;
}

/** What stands there, whoever wrote it. */
export function watchdogBeats(stored: unknown): WatchdogBeats {
  const { sentAt, triedAt, error } = (stored ?? {}) as Partial<Record<keyof WatchdogBeats, unknown>>;
  return {
    sentAt: typeof sentAt === 'number' ? sentAt : null,
    triedAt: typeof triedAt === 'number' ? triedAt : null,
    error: typeof error === 'string' ? error : null,
  };
}
