import { useSyncExternalStore } from 'react';
import { serverNow } from './clock.ts';
import { zoneModes, type ZoneMode } from './time.ts';

/** A remembered choice of this browser; a browser that keeps nothing still works. */
function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

const zoneKey = 'jtp-zone';
let mode: ZoneMode = zoneModes.find((one) => one === remembered(zoneKey)) ?? 'auto';
const modeListeners = new Set<() => void>();

/** Change the first line of every time at once. */
export function setZoneMode(next: ZoneMode): void {
  mode = next;
  remember(zoneKey, next);
  for (const listener of modeListeners) listener();
}
export function useZoneMode(): ZoneMode {
  return useSyncExternalStore(
    (listener) => {
      modeListeners.add(listener);
      return () => modeListeners.delete(listener);
    },
    () => mode,
  );
}

let attention = 0;
const attentionListeners = new Set<() => void>();

/** How many things need somebody: stands in the title of the tab. */
export function setAttention(count: number): void {
  if (count === attention) return;
  attention = count;
  for (const listener of attentionListeners) listener();
}
export function useAttention(): number {
  return useSyncExternalStore(
    (listener) => {
      attentionListeners.add(listener);
      return () => attentionListeners.delete(listener);
    },
    () => attention,
  );
}

/** One ticking clock a rhythm, shared by all that show time; it stops in a hidden tab. */
function ticker(everyMs: number) {
  let now = serverNow();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  return {
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        if (document.hidden) return;
        now = serverNow();
        for (const one of listeners) one();
      }, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    read: (): number => {
      if (timer === undefined) now = serverNow();
      return now;
    },
  };
}
const seconds = ticker(1000);
const halfMinutes = ticker(30_000);

/** The present instant in milliseconds, refreshed each second or each 30 s. */
export function useNow(rhythm: 'second' | 'half-minute'): number {
  const clock = rhythm === 'second' ? seconds : halfMinutes;
  return useSyncExternalStore(clock.subscribe, clock.read);
}
