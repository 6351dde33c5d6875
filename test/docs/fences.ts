/**
 * The `sh` fences of a page, and what stands in the comment above each.
 *
 * Without a comment a fence is run to its end and must end well. `<!-- not run: REASON -->` leaves it out.
 * `<!-- run: WORDS; WORDS -->` changes how it is run:
 *
 * - `in the background until "TEXT"`: it goes on while the fences below are run
 * - `after stopping`: what runs in the background is ended first
 * - `ends with 5`: its last command ends with that status
 * - `says "TEXT"` or `says 'TEXT'`: its output holds that text
 * - `YOUR_WORD follows "TEXT"`: before it is run, YOUR_WORD is replaced by what stands behind the text in the output of
 *   what runs in the background, up to the next blank
 *
 * `<!-- runs on: SQLite, PostgreSQL -->` anywhere in the page says on which databases it is run; SQLite when absent.
 */

type Database = 'SQLite' | 'PostgreSQL';

export interface Fence {
  /** Of its first line of code. */
  readonly line: number;
  readonly code: string;
  readonly background: string | null;
  readonly stopFirst: boolean;
  readonly status: number;
  readonly says: readonly string[];
  readonly given: readonly { readonly word: string; readonly follows: string }[];
}

export interface RunnablePage {
  readonly fences: readonly Fence[];
  /** Why each of the others is not run. */
  readonly left: readonly { readonly line: number; readonly why: string }[];
  readonly databases: readonly Database[];
}

const shortestReason = 12;

/** `says "TEXT"` in two; the text may stand in either kind of quotes. */
function quotedAtEnd(words: string): readonly [verb: string, text: string] {
  const [, verb = '', double, single] = /^(.*?) (?:"([^"]+)"|'([^']+)')$/.exec(words) ?? [];
  return [verb, double ?? single ?? ''];
}

function read(words: string, line: number): Omit<Fence, 'line' | 'code'> {
  let background: string | null = null;
  let stopFirst = false;
  let status = 0;
  const says: string[] = [];
  const given: Fence['given'][number][] = [];
  for (const part of words.match(/(?:[^;"']|"[^"]*"|'[^']*')+/g) ?? []) {
    const each = part.trim();
    const [verb, text] = quotedAtEnd(each);
    const [, word] = /^([A-Z_]+) follows$/.exec(verb) ?? [];
    const [, number] = /^ends with (\d+)$/.exec(each) ?? [];
    if (verb === 'in the background until') background = text;
    else if (verb === 'says') says.push(text);
    else if (word !== undefined) given.push({ word, follows: text });
    else if (each === 'after stopping') stopFirst = true;
    else if (number !== undefined) status = Number(number);
    else throw new Error(`line ${line}: '${each}' is no way to run a fence`);
  }
  return { background, stopFirst, status, says, given };
}

/** @throws for a comment that is not understood, and for one that leaves a fence out without a reason */
export function fencesOf(text: string): RunnablePage {
  const fences: Fence[] = [];
  const left: { line: number; why: string }[] = [];
  const pattern = /(?:^<!-- (not run|run): ([^\n]*?) -->\n)?^```sh\n([\s\S]*?)^```$/gm;
  for (const match of text.matchAll(pattern)) {
    const [whole, kind, words = '', code = ''] = match;
    const line = text.slice(0, match.index + whole.length - code.length - 3).split('\n').length;
    if (kind === 'not run') {
      if (words.length < shortestReason) throw new Error(`line ${line}: say why it is not run`);
      left.push({ line, why: words });
    } else fences.push({ line, code, ...read(words, line) });
  }
  const markers = [...text.matchAll(/^<!-- (?:not run|run):/gm)].length;
  const marked = [...text.matchAll(/^<!-- (?:not run|run): [^\n]*? -->\n```sh$/gm)].length;
  if (markers !== marked) throw new Error('a comment about running stands apart from its fence');
  const [, on = 'SQLite'] = /^<!-- runs on: ([^\n]+) -->$/m.exec(text) ?? [];
  const databases = on.split(', ').map((name): Database => {
    if (name === 'SQLite' || name === 'PostgreSQL') return name;
    throw new Error(`'${name}' is no database to run on`);
  });
  return { fences, left, databases };
}
