import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import type { BellChannel } from './store.ts';

/**
 * A channel rings at most once in this time: whoever waits to start something hears soon, whoever looks at a page need not.
 * A bell that many requests ring still costs them nothing.
 */
const quiet: Readonly<Record<BellChannel, Millis>> = { plan: 2, queue: 2, cancel: 2, change: 10 };

/** Passes rings on to `send`: the first at once, those of the next milliseconds as one at their end. */
export function coalesced(clock: Clock, send: (channel: BellChannel) => void): (channel: BellChannel) => void {
  const again = new Map<BellChannel, boolean>();
  const open = (channel: BellChannel): void => {
    again.set(channel, false);
    queueMicrotask(() => send(channel));
    clock.after(quiet[channel], () => {
      const wanted = again.get(channel) === true;
      again.delete(channel);
      if (wanted) open(channel);
    });
  };
  return (channel) => {
    if (again.has(channel)) again.set(channel, true);
    else open(channel);
  };
}

/** Who listens in this process. */
export interface Listeners {
  hear(channel: BellChannel): void;
  hearAll(): void;
  add(channel: BellChannel, heard: () => void): () => void;
  readonly size: number;
}

export function createListeners(changed: () => void): Listeners {
  const listening = new Set<{ readonly channel: BellChannel; readonly heard: () => void }>();
  return {
    hear(channel) {
      for (const listener of listening.values().toArray()) if (listener.channel === channel) listener.heard();
    },
    hearAll() {
      for (const { heard } of listening.values().toArray()) heard();
    },
    add(channel, heard) {
      const listener = { channel, heard };
      listening.add(listener);
      changed();
      return () => {
        if (listening.delete(listener)) changed();
      };
    },
    get size() {
      return listening.size;
    },
  };
}
