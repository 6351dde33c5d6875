import type { ScriptReview } from 'job-trigger-contract';

export type Line = ScriptReview['lines'][number];

/** Two lines that stand beside each other; null where one side has none. */
export interface Pair {
  readonly before: Line | null;
  readonly after: Line | null;
}

/** Lines that were taken out beside those that were put in for them. */
export function pairsOf(lines: readonly Line[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let removed: Line[] = [];
  let added: Line[] = [];
  const settle = (): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1)
      pairs.push({ before: removed[at] ?? null, after: added[at] ?? null });
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === 'removed') removed.push(line);
    else if (line.kind === 'added') added.push(line);
    else {
      settle();
      pairs.push({ before: line, after: line });
    }
  }
  settle();
  return pairs;
}

/** Lines around a difference that are shown with it. */
const around = 4;

/** Which lines are shown when only what differs is; all of them when nothing does. */
export function nearDifference(lines: readonly Line[]): readonly boolean[] {
  const near = lines.map(() => false);
  for (const [at, { kind }] of lines.entries())
    if (kind !== 'same') near.fill(true, Math.max(0, at - around), Math.min(lines.length, at + around + 1));
  return near.includes(true) ? near : lines.map(() => true);
}

/** The first line of each change, by its place. */
export function changesIn(lines: readonly Line[]): readonly number[] {
  return lines.flatMap(({ kind }, at) => (kind !== 'same' && (lines[at - 1]?.kind ?? 'same') === 'same' ? [at] : []));
}
