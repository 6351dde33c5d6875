/** Where two outputs part ways, line by line. Pure; bounded, however long and different they are. */

interface DifferentLine {
  readonly kind: 'same' | 'run' | 'other';
  /** From 1, in the log it stands in; of the first one for `same`. */
  readonly line: number;
  readonly text: string;
}

export interface LogDifference {
  /** Null when the lines that were compared are the same. */
  readonly firstDifference: number | null;
  /** Lines from a little before the first difference on. */
  readonly lines: readonly DifferentLine[];
  /** There are more differences, or more lines that nobody compared. */
  readonly more: boolean;
}

/** Behind the first difference, so many lines of each are matched: the work grows with the square. */
const matched = 300;
const shown = 120;
const before = 3;

/** Lengths of the longest common parts of what is left from each pair of places on. */
function commonLengths(one: readonly string[], other: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let at = one.length - 1; at >= 0; at -= 1) {
    const row = table[at];
    const below = table[at + 1];
    if (row === undefined || below === undefined) continue;
    for (let place = other.length - 1; place >= 0; place -= 1)
      row[place] =
        one[at] === other[place] ? (below[place + 1] ?? 0) + 1 : Math.max(below[place] ?? 0, row[place + 1] ?? 0);
  }
  return table;
}

function* aligned(one: readonly string[], other: readonly string[], from: number): Generator<DifferentLine> {
  const lengths = commonLengths(one, other);
  const longest = (at: number, place: number): number => lengths[at]?.[place] ?? 0;
  let [at, place] = [0, 0];
  while (at < one.length || place < other.length) {
    const [mine, theirs] = [one[at], other[place]];
    if (mine !== undefined && mine === theirs) {
      yield { kind: 'same', line: from + at, text: mine };
      at += 1;
      place += 1;
    } else if (mine !== undefined && (theirs === undefined || longest(at + 1, place) >= longest(at, place + 1))) {
      yield { kind: 'run', line: from + at, text: mine };
      at += 1;
    } else {
      yield { kind: 'other', line: from + place, text: theirs ?? '' };
      place += 1;
    }
  }
}

/** @param cut neither was read to its end */
export function logDifference(run: readonly string[], other: readonly string[], cut: boolean): LogDifference {
  let first = 0;
  while (first < run.length && first < other.length && run[first] === other[first]) first += 1;
  if (first === run.length && first === other.length) return { firstDifference: null, lines: [], more: cut };
  const from = Math.max(0, first - before);
  const [mine, theirs] = [run, other].map((lines) => lines.slice(from, first + matched)) as [string[], string[]];
  const lines = [...aligned(mine, theirs, from + 1)];
  // What lies behind the last difference is the same, and says nothing.
  const end = lines.findLastIndex(({ kind }) => kind !== 'same') + 1;
  const isLonger = Math.max(run.length, other.length) > first + matched;
  return {
    firstDifference: first + 1,
    lines: lines.slice(0, Math.min(end, shown)),
    more: cut || isLonger || end > shown,
  };
}
