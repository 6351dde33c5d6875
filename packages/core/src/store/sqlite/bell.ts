import type { Millis } from '../../model/instant.ts';
import { systemClock } from '../../system/clock.ts';
import { coalesced, createListeners } from '../ring.ts';
import type { Bell } from '../store.ts';
import type { Connection } from './connection.ts';

/**
 * How often a file is asked whether another process has committed. A question and its timer cost 0.01 to 0.1 ms of processor:
 * a process that is alone asks seldom, one that is not hears of a lone ring within 25 ms, and one that has just heard of one
 * expects the next soon. Those that come without a pause it hears of a hundred times a second.
 */
const rests = { alone: 500, shared: 25, justHeard: 10, expecting: 4 } as const satisfies Record<string, Millis>;
const growth = 1.5;
/** One that is alone asks as much sooner, where it is awake anyway. */
const early: Millis = 200;
/** For how long a ring makes another one likely: at ten a second each is heard of within 4 ms. */
const expected: Millis = 100;
/** Who lives beside us commits a heartbeat each 5 s. */
const remembered: Millis = 30_000;

/**
 * Rings are handed over inside the process; commits of other processes ring every channel, as the file tells only that
 * there were some. The machine's own clock paces it: a ring is a hint and no part of what tests move by hand.
 */
export function sqliteBell(connection: Connection, { shared }: { readonly shared: boolean }): Bell & { close(): void } {
  const clock = systemClock();
  let stop: (() => void) | null = null;
  let closed = false;
  let version = 0;
  let heardAt: Millis = -Infinity;

  /** Whether another process has committed since this was asked before. */
  const hasChanged = (): boolean => {
    try {
      const [row] = connection.run('PRAGMA data_version', []).rows as { data_version: number }[];
      const before = version;
      version = row?.data_version ?? 0;
      return version !== before;
    } catch {
      // A file that cannot be read is told by whoever needs it; this is a hint.
      return false;
    }
  };
  /** @param since the last ring that was heard of */
  const longer = (rest: Millis, since: Millis): Millis => {
    if (since < expected) return rests.expecting;
    return since < remembered ? Math.min(rest * growth, rests.shared) : rests.alone;
  };
  const watch = (rest: Millis): void => {
    const look = (): void => {
      const now = clock.mono();
      if (hasChanged()) {
        heardAt = now;
        watch(rests.justHeard);
        listeners.hearAll();
      } else watch(longer(rest, now - heardAt));
    };
    stop = clock.after(rest, look, rest === rests.alone ? early : 0);
  };
  const listeners = createListeners(() => {
    if (!shared || closed) return;
    if (listeners.size > 0 && stop === null) {
      hasChanged();
      watch(rests.alone);
    } else if (listeners.size === 0 && stop !== null) {
      stop();
      stop = null;
    }
  });
  const ring = coalesced(clock, (channel) => {
    if (!closed) listeners.hear(channel);
  });
  return {
    ring,
    listen: (channel, heard) => listeners.add(channel, heard),
    close() {
      closed = true;
      stop?.();
      stop = null;
    },
  };
}
