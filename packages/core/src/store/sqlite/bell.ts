import type { Millis } from '../../model/instant.ts';
import { systemClock } from '../../system/clock.ts';
import { coalesced, createListeners } from '../ring.ts';
import type { Bell } from '../store.ts';
import type { Connection } from './connection.ts';

/** How often a file is asked whether another process has committed. One question costs microseconds. */
const askEvery: Millis = 250;

/**
 * Rings are handed over inside the process; commits of other processes ring every channel, as the file tells only that
 * there were some. The machine's own clock paces it: a ring is a hint and no part of what tests move by hand.
 */
export function sqliteBell(connection: Connection, { shared }: { readonly shared: boolean }): Bell & { close(): void } {
  const clock = systemClock();
  let stop: (() => void) | null = null;
  let closed = false;
  let version = 0;

  const ask = (): number =>
    Number((connection.run('PRAGMA data_version', []).rows[0] as { data_version: number }).data_version);
  const watch = (): void => {
    stop = clock.after(askEvery, () => {
      const now = ask();
      if (now !== version) listeners.hearAll();
      version = now;
      watch();
    });
  };
  const listeners = createListeners(() => {
    if (!shared || closed) return;
    if (listeners.size > 0 && stop === null) {
      version = ask();
      watch();
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
