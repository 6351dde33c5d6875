/** Starts matched to instants without any name: earliest deadline first, which is as good as trying every way. */

export interface Matched {
  /** Instants that no start belongs to. */
  readonly missed: readonly number[];
  /** Starts that belong to no instant. */
  readonly extra: readonly number[];
}

/** Each start serves one instant, not before it and at most `within` after it. */
export function match(instants: readonly number[], starts: readonly number[], within: number): Matched {
  const open = instants.toSorted((a, b) => a - b);
  const missed: number[] = [];
  const extra: number[] = [];
  let next = 0;
  for (const start of starts.toSorted((a, b) => a - b)) {
    while (next < open.length && (open[next] ?? 0) + within < start) missed.push(open[next++] ?? 0);
    if (next < open.length && (open[next] ?? 0) <= start) next += 1;
    else extra.push(start);
  }
  return { missed: [...missed, ...open.slice(next)], extra };
}
