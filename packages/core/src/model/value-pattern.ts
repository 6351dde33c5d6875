/**
 * Patterns that a job's author writes for parameter values and answers, tried without going back: the time is the length of the
 * text times the size of the pattern, whatever both hold (`SECURITY.md` C12). What needs going back, references to
 * groups and looking around, is refused when the job is saved.
 */

/** One step of a pattern that was read: take a character, go on at other steps, or stand at an end of the text. */
type Step =
  | { readonly kind: 'take'; readonly fits: RegExp }
  | { readonly kind: 'fork'; readonly to: readonly number[] }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' };

/** A piece of a pattern: its steps, with places counted from its own start; it goes on behind its last one. */
type Piece = readonly Step[];

/** Steps are tried for every character of a value: this many bound the time to some milliseconds. */
const mostSteps = 1000;

const token =
  /(?<open>\((?:\?:|\?<(?![=!])[^>]*>|(?!\?)))|(?<odd>\(\?|\\[1-9bBk])|(?<close>\))|(?<or>\|)|(?<count>(?:[*+?]|\{\d+(?:,\d*)?\})\??)|(?<begin>\^)|(?<end>\$)|(?<one>\[(?:\\.|[^\]\\])*\]|\\u[dD][89a-bA-B]..\\u[dD][c-fC-F]..|\\(?:u\{[\da-fA-F]+\}|u.{4}|x..|c.|[pP]\{[^}]*\}|.)|.)/gsuy;

class Unreadable extends Error {}

function shifted(piece: Piece, by: number): Step[] {
  return piece.map((step) => (step.kind === 'fork' ? { kind: 'fork', to: step.to.map((place) => place + by) } : step));
}

function joined(pieces: readonly Piece[]): Piece {
  const steps: Step[] = [];
  for (const piece of pieces) {
    steps.push(...shifted(piece, steps.length));
    if (steps.length > mostSteps) throw new Unreadable('is too large; repeat less, or less often');
  }
  return steps;
}

const fork = (...to: readonly number[]): Piece => [{ kind: 'fork', to }];

function either(one: Piece, other: Piece): Piece {
  const both = joined([fork(1, one.length + 2), one, fork(0), other]);
  const leave = one.length + 1;
  return both.map((step, place) => (place === leave ? { kind: 'fork', to: [both.length] } : step));
}

const perhaps = (piece: Piece): Piece => joined([fork(1, piece.length + 1), piece]);

function anyNumber(piece: Piece): Piece {
  const loop = joined([fork(1, piece.length + 2), piece, fork(0)]);
  return loop.map((step, place) => (place === piece.length + 1 ? { kind: 'fork', to: [0] } : step));
}

/** How often `count` says: at least and at most; null without an end. */
function timesOf(count: string): readonly [least: number, most: number | null] {
  const simple = { '*': [0, null], '+': [1, null], '?': [0, 1] } as const;
  const known = simple[count[0] as keyof typeof simple];
  if (known !== undefined) return known;
  const [, least = '0', comma, most] = /^\{(\d+)(,)?(\d*)/.exec(count) ?? [];
  if (comma === undefined) return [Number(least), Number(least)];
  return [Number(least), most === '' ? null : Number(most)];
}

function repeated(piece: Piece, count: string): Piece {
  const [least, most] = timesOf(count);
  if (Math.max(least, most ?? 0) > mostSteps) throw new Unreadable(`repeats more than ${mostSteps} times`);
  const needed = Array.from({ length: least }, () => piece);
  if (most === null) return joined([...needed, anyNumber(piece)]);
  return joined([...needed, ...Array.from({ length: most - least }, () => perhaps(piece))]);
}

/** One group while it is read: the alternatives that are whole, and the pieces of the one being read. */
interface Group {
  whole: Piece | null;
  pieces: Piece[];
}

function closed({ whole, pieces }: Group): Piece {
  const last = joined(pieces);
  return whole === null ? last : either(whole, last);
}

/** Reads a pattern that `RegExp` has found well formed. @throws Unreadable for what needs going back, or is too large */
function read(pattern: string): Piece {
  const groups: Group[] = [{ whole: null, pieces: [] }];
  const current = (): Group => groups.at(-1) ?? { whole: null, pieces: [] };
  const put = (piece: Piece): unknown => current().pieces.push(piece);
  const actions: Readonly<Record<string, (text: string) => unknown>> = {
    open: () => groups.push({ whole: null, pieces: [] }),
    odd: (text) => {
      throw new Unreadable(`has ${text}: references to groups, \\b and looking around are not understood`);
    },
    close: () => put(closed(groups.pop() ?? current())),
    or: () => {
      const group = current();
      group.whole = closed(group);
      group.pieces = [];
    },
    count: (text) => put(repeated(current().pieces.pop() ?? [], text)),
    begin: () => put([{ kind: 'begin' }]),
    end: () => put([{ kind: 'end' }]),
    one: (text) => put([{ kind: 'take', fits: new RegExp(`^${text === '/' ? '\\/' : text}$`, 'u') }]),
  };
  for (const { groups: names = {} } of pattern.matchAll(token)) {
    const [kind = '', text = ''] = Object.entries(names).find(([, found]) => found !== undefined) ?? [];
    actions[kind]?.(text);
  }
  return closed(current());
}

/** Why a pattern cannot be had; null when it can. @param most steps, for texts that are longer than a value */
export function refusePattern(pattern: string, most = mostSteps): string | null {
  try {
    void new RegExp(pattern, 'u');
    return read(pattern).length > most ? 'is too large; repeat less, or less often' : null;
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    return 'is no regular expression';
  }
}

/** Every step that is reached without taking a character. */
function reach(
  steps: Piece,
  from: Iterable<number>,
  at: { readonly begin: boolean; readonly end: boolean },
): Set<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (reached.has(place)) continue;
    reached.add(place);
    const step = steps[place];
    if (step === undefined || step.kind === 'take') continue;
    if (step.kind === 'fork') open.push(...step.to);
    else if (at[step.kind]) open.push(place + 1);
  }
  return reached;
}

/** What each step takes, asked once for each character: a text has few different ones. */
function takers(steps: Piece): (at: number, character: string) => boolean {
  const known = steps.map(() => new Map<string, boolean>());
  return (at, character) => {
    const step = steps[at];
    if (step?.kind !== 'take') return false;
    const before = known[at]?.get(character);
    if (before !== undefined) return before;
    const fits = step.fits.test(character);
    known[at]?.set(character, fits);
    return fits;
  };
}

/** Goes through the text once; `everywhere` begins anew at each character, and ends where a match does. */
function passes(pattern: string, text: string, everywhere: boolean): boolean {
  const steps = read(pattern);
  const takes = takers(steps);
  const characters = Array.from(text);
  let reached = reach(steps, [0], { begin: true, end: characters.length === 0 });
  for (const [place, character] of characters.entries()) {
    if (everywhere && reached.has(steps.length)) return true;
    const next = [...reached].filter((at) => takes(at, character)).map((at) => at + 1);
    if (everywhere) next.push(0);
    reached = reach(steps, next, { begin: false, end: place === characters.length - 1 });
  }
  return reached.has(steps.length);
}

/** Whether the whole text fits. @param pattern one that {@link refusePattern} lets through */
export const fitsPattern = (pattern: string, text: string): boolean => passes(pattern, text, false);

/** Whether a part of the text fits; `^` and `$` are the ends of the whole text. @param pattern as {@link fitsPattern} */
export const findsPattern = (pattern: string, text: string): boolean => passes(pattern, text, true);
