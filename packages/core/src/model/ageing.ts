/** Waiting raises a run: one level of priority a step, so that a stream of urgent runs starves nobody. */
import type { Instant, Millis } from './instant.ts';

/** Waiting runs of one number and one priority, 0 to 3; since when the first and the last of them can be claimed. */
interface Line {
  readonly queue: number;
  readonly priority: number;
  readonly head: Instant;
  readonly tail: Instant;
}

/** A part of a line at its place in the order of claims: those of its runs that have waited so long. */
export interface Turn<L extends Line> {
  readonly line: L;
  readonly agedMs: Millis;
}

export interface Ageing {
  readonly now: Instant;
  /** How long a run waits for one level; 0 lets nothing rise. */
  readonly stepMs: Millis;
}

/** The priority that a run has by now. */
export function levelOf(priority: number, availableAt: Instant, { now, stepMs }: Ageing): number {
  if (stepMs <= 0) return priority;
  return Math.max(0, priority - Math.max(0, Math.floor((now - availableAt) / stepMs)));
}

/**
 * Lines in the order of claims: by level, then by the longest wait. A line whose runs have risen unequally comes once for
 * each level that they have reached, so that no row is rewritten and the index gives each part in order; but levels between
 * which no other line comes are one part.
 */
export function turnsOf<L extends Line>(lines: readonly L[], ageing: Ageing): readonly Turn<L>[] {
  const turns = lines.flatMap((line) => {
    const first = levelOf(line.priority, line.head, ageing);
    const last = levelOf(line.priority, line.tail, ageing);
    return Array.from({ length: last - first + 1 }, (_, nth) => {
      const level = first + nth;
      return { line, level, agedMs: (line.priority - level) * Math.max(0, ageing.stepMs) };
    });
  });
  return turns
    .sort((a, b) => a.level - b.level || a.line.head - b.line.head || a.line.queue - b.line.queue)
    .filter(({ line }, nth, all) => all[nth + 1]?.line !== line)
    .map(({ line, agedMs }) => ({ line, agedMs }));
}
