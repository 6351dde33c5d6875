/** What may be said of rounds: ratios inside them, and whether the machine stood still for one. */

/** First and last turn of a control may differ by so much of the smaller. */
const allowed = 0.3;

/** Whether a round counts, by its control's first and last figure. A figure that is none never does. */
export function steady(first: number, last: number): boolean {
  const smaller = Math.min(first, last);
  return smaller > 0 && Math.max(first, last) - smaller <= allowed * smaller;
}

/** Pair by pair. A round that one of both has no figure of (NaN), or that the other ended at zero, has none. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((mine, round) => mine / (theirs[round] ?? Number.NaN)).filter(Number.isFinite);
}
