/** What may be said of rounds: ratios inside them, and whether the machine stood still for one. */

import { quantile } from './statistics.ts';

/** First and last turn of a control may differ by so much of the smaller. */
const allowed = 0.3;

/** Whether a round counts, by its control's first and last figure. A figure that is none never does. */
export function steady(first: number, last: number): boolean {
  const smaller = Math.min(first, last);
  return smaller > 0 && Math.max(first, last) - smaller <= allowed * smaller;
}

/** Of a long stretch: its last sixth by its first. */
export interface Drift {
  readonly throughput: number;
  readonly p99: number;
}

/** `starts` ascend, and `latencies` stand in their order. A sixth of ten minutes is enough for an autovacuum to pass. */
export function driftOf(starts: readonly number[], latencies: readonly number[]): Drift {
  const [from, to] = [starts[0] ?? 0, starts.at(-1) ?? 0];
  const sixth = (to - from) / 6;
  const begin = starts.findIndex((at) => at > from + sixth);
  const end = starts.findIndex((at) => at >= to - sixth);
  const [first, last] = [latencies.slice(0, Math.max(0, begin)), end < 0 ? [] : latencies.slice(end)];
  return { throughput: last.length / first.length, p99: quantile(last, 0.99) / quantile(first, 0.99) };
}

/** Pair by pair. A round that one of both has no figure of (NaN), or that the other ended at zero, has none. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((mine, round) => mine / (theirs[round] ?? Number.NaN)).filter(Number.isFinite);
}
