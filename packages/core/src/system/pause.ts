import type { Millis } from '../model/instant.ts';

/**
 * Waits in the machine's own time for something outside: a locked file, a server that is away. Unlike a `Clock`'s
 * timer it keeps the process alive, and a test that moves its clock by hand does not have to move it for this.
 */
export function pause(delay: Millis): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delay);
  });
}

/** Resolves once what has arrived meanwhile, from the network or the disk, has been looked at. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
