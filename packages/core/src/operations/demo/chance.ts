/** Chance that repeats itself, so that a demo is the same everywhere (mulberry32). */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [least, most]. */
  whole(least: number, most: number): number;
  /** A number in [least, most], mostly near the lower end, as run times are. */
  skewed(least: number, most: number): number;
}

export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    skewed: (least, most) => least + (most - least) * next() ** 3,
  };
}
