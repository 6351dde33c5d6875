/** What became of a text, line by line: complete, and as short as can be found with bounded work (Myers, 1986). */

export interface DifferingLine {
  readonly kind: 'same' | 'removed' | 'added';
  /** From 1, in the text before; null for an added line. */
  readonly before: number | null;
  /** From 1, in the text after; null for a removed line. */
  readonly after: number | null;
  readonly text: string;
}

/** Differences beyond which the middle is told as replaced: what is remembered grows with their square. */
const mostEdits = 1000;

/** Line ends stay out, so that a text with other ones differs in every line: a carriage return belongs to its line. */
export function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

export function lineDifference(before: string, after: string): readonly DifferingLine[] {
  const [one, other] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  const moves = [
    ...kept(start),
    ...movesBetween(one.slice(start, one.length - end), other.slice(start, other.length - end)),
    ...kept(end),
  ];
  const told: DifferingLine[] = [];
  let [at, place] = [0, 0];
  for (const kind of moves) {
    const text = (kind === 'added' ? other[place] : one[at]) ?? '';
    if (kind !== 'added') at += 1;
    if (kind !== 'removed') place += 1;
    told.push({ kind, before: kind === 'added' ? null : at, after: kind === 'removed' ? null : place, text });
  }
  return told;
}

type Move = DifferingLine['kind'];

const kept = (count: number): Move[] => Array.from({ length: count }, () => 'same');

/** The shortest way from one to the other; the plain one when that is too long. */
function movesBetween(one: readonly string[], other: readonly string[]): readonly Move[] {
  const trace = walk(one, other);
  if (trace === null) return [...one.map((): Move => 'removed'), ...other.map((): Move => 'added')];
  return wayBack(trace, one.length, other.length);
}

/** Of each number of edits, how far each diagonal comes; null when more than are allowed would be needed. */
function walk(one: readonly string[], other: readonly string[]): readonly Int32Array[] | null {
  const most = Math.min(one.length + other.length, mostEdits);
  const far = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(far.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const [left, right] = [far[middle + diagonal - 1] ?? 0, far[middle + diagonal + 1] ?? 0];
      let at = diagonal === -edits || (diagonal !== edits && left < right) ? right : left + 1;
      while (at < one.length && at - diagonal < other.length && one[at] === other[at - diagonal]) at += 1;
      far[middle + diagonal] = at;
      if (at >= one.length && at - diagonal >= other.length) return trace;
    }
  }
  return null;
}

function wayBack(trace: readonly Int32Array[], length: number, otherLength: number): readonly Move[] {
  const moves: Move[] = [];
  let [at, place] = [length, otherLength];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const far = trace[edits] ?? new Int32Array();
    const reach = (diagonal: number): number => far[diagonal + edits + 1] ?? 0;
    const diagonal = at - place;
    const isAdded = diagonal === -edits || (diagonal !== edits && reach(diagonal - 1) < reach(diagonal + 1));
    const from = edits === 0 ? 0 : reach(isAdded ? diagonal + 1 : diagonal - 1);
    const fromPlace = edits === 0 ? 0 : from - (isAdded ? diagonal + 1 : diagonal - 1);
    while (at > from && place > fromPlace) {
      moves.push('same');
      at -= 1;
      place -= 1;
    }
    if (edits > 0) moves.push(isAdded ? 'added' : 'removed');
    [at, place] = [from, fromPlace];
  }
  return moves.toReversed();
}
