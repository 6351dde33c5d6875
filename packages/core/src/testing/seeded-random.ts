import type { Random } from '../system/random.ts';

/** Chance that repeats itself: the same seed draws the same numbers (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    next: () => word() / 2 ** 32,
    integer: () => Math.max(1, (word() % 2 ** 16) * 2 ** 32 + word()),
    bytes: (length) => Uint8Array.from({ length }, () => word() & 0xff),
  };
}
