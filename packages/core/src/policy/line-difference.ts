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
  const start = commonLength(one, other);
  const rest = Math.min(one.length, other.length) - start;
  const end = Math.min(rest, commonLength(one.toReversed(), other.toReversed()));
  const moves = [
    ...kept(start),
    ...movesBetween(one.slice(start, one.length - end), other.slice(start, other.length - end)),
    ...kept(end),
  ];
  return tell(moves, one, other);
}

/** How many of the first lines are the same. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  const differing = one.findIndex((line, at) => line !== other[at]);
  return differing === -1 ? Math.min(one.length, other.length) : differing;
}

function tell(moves: readonly Move[], one: readonly string[], other: readonly string[]): readonly DifferingLine[] {
  let [at, place] = [0, 0];
  return moves.map((kind): DifferingLine => {
    if (kind === 'added') return { kind, before: null, after: (place += 1), text: other[place - 1] ?? '' };
    at += 1;
    if (kind === 'same') place += 1;
    return { kind, before: at, after: kind === 'same' ? place : null, text: one[at - 1] ?? '' };
  });
}

type Move = DifferingLine['kind'];

const kept = (count: number): Move[] => Array.from({ length: count }, () => 'same');

/** The shortest way from one to the other; the plain one when that is too long. */
function movesBetween(one: readonly string[], other: readonly string[]): readonly Move[] {
  const trace = walk(one, other);
  if (trace === null) return [...one.map((): Move => 'removed'), ...other.map((): Move => 'added')];
  return wayBack(trace, one.length, other.length);
}

/** How far each diagonal comes; diagonals that nobody came to are at the start. */
class Reach {
  readonly #far: Int32Array;
  readonly #middle: number;

  constructor(most: number, far = new Int32Array(2 * most + 3)) {
    this.#far = far;
    this.#middle = most + 1;
  }

  at(diagonal: number): number {
    return this.#far[this.#middle + diagonal] ?? 0;
  }

  set(diagonal: number, at: number): void {
    this.#far[this.#middle + diagonal] = at;
  }

  /** As it is now, for diagonals up to one more than `edits`. */
  kept(edits: number): Reach {
    return new Reach(edits, this.#far.slice(this.#middle - edits - 1, this.#middle + edits + 2));
  }

  /** Whether the way to a diagonal, with so many edits, leads over an added line. */
  comesByAdding(diagonal: number, edits: number): boolean {
    if (diagonal === -edits) return true;
    return diagonal !== edits && this.at(diagonal - 1) < this.at(diagonal + 1);
  }
}

/** Of each number of edits, how far each diagonal comes; null when more than are allowed would be needed. */
function walk(one: readonly string[], other: readonly string[]): readonly Reach[] | null {
  const most = Math.min(one.length + other.length, mostEdits);
  const reach = new Reach(most);
  const trace: Reach[] = [];
  const isSame = (at: number, place: number): boolean =>
    at < one.length && place < other.length && one[at] === other[place];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(reach.kept(edits));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let at = reach.comesByAdding(diagonal, edits) ? reach.at(diagonal + 1) : reach.at(diagonal - 1) + 1;
      while (isSame(at, at - diagonal)) at += 1;
      reach.set(diagonal, at);
      if (at >= one.length && at - diagonal >= other.length) return trace;
    }
  }
  return null;
}

function wayBack(trace: readonly Reach[], length: number, otherLength: number): readonly Move[] {
  const moves: Move[] = [];
  let [at, place] = [length, otherLength];
  for (const [edits, reach] of [...trace.entries()].toReversed()) {
    const isAdded = reach.comesByAdding(at - place, edits);
    const diagonal = at - place + (isAdded ? 1 : -1);
    const from = edits === 0 ? 0 : reach.at(diagonal);
    const fromPlace = edits === 0 ? 0 : from - diagonal;
    const steps = Math.min(at - from, place - fromPlace);
    moves.push(...kept(steps));
    if (edits > 0) moves.push(isAdded ? 'added' : 'removed');
    [at, place] = [from, fromPlace];
  }
  return moves.toReversed();
}
