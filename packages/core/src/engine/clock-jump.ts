/** Whether a wall clock was set: its progress beside that of `boot`, which nobody sets and which counts sleep. */
import type { Instant, Millis } from '../model/instant.ts';

/** What the two may lie apart without a jump. */
export const jumpMs: Millis = 5000;

export interface ClockReading {
  readonly wall: Instant;
  readonly boot: Millis;
  /** How far the two may lie apart, when one of them had to be asked for over the way. Default 0. */
  readonly within?: Millis;
}

/** When the clock was last seen to have been set, and by how much. */
export interface ClockJump {
  readonly at: Instant;
  readonly by: Millis;
}

export const noJump: ClockJump = { at: -Infinity, by: 0 };

/** By how much the clock was set between two readings; 0 where it only ran. */
export function setBetween(last: ClockReading, next: ClockReading): Millis {
  const apart = next.wall - last.wall - (next.boot - last.boot);
  return Math.abs(apart) > jumpMs + (last.within ?? 0) + (next.within ?? 0) ? apart : 0;
}

/** What began before the clock was set ahead is no older for it. */
export function ageOf(since: Instant, now: Instant, jump: ClockJump): Millis {
  return now - since - (since < jump.at ? Math.max(0, jump.by) : 0);
}

/**
 * So old it is at the least. Of several jumps between two readings only their sum is seen: what lay before them by the
 * clock may have begun between them, so that nothing but the time since is certain.
 */
export function certainAge(since: Instant, now: Instant, jump: ClockJump): Millis {
  return now - Math.max(since, jump.at);
}
