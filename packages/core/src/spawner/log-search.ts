/**
 * Finds text in a log of any size, in pieces, without ever holding more than one piece.
 *
 * The text is looked for as it stands, never as a pattern: a person's pattern could run for ever. A search is bounded in
 * time and says where to go on.
 */
import type { FileHandle } from 'node:fs/promises';
import type { Millis } from '../model/instant.ts';
import type { LogIndex } from './log-index.ts';

export interface LogSearch {
  /** 1 to 1000 characters without a line end. */
  readonly text: string;
  /** Letters of ASCII match in both cases. Default false. */
  readonly ignoreCase?: boolean;
  /** First line looked at. Default 1. */
  readonly fromLine?: number;
  /** How many line numbers come back; counting goes on. Default 1000. */
  readonly limit?: number;
  /** Default 2000. Needs `now`. */
  readonly maxMs?: Millis;
  /** A clock that never goes back; without it the search is not bounded. */
  readonly now?: () => Millis;
}

export interface LogMatches {
  /** The first lines that hold the text, ascending. */
  readonly lines: readonly number[];
  /** How many lines hold it, exact up to where the search came. */
  readonly total: number;
  /** Null when the whole log was searched; else the line to go on from. */
  readonly nextLine: number | null;
}

interface Source {
  readonly data: FileHandle;
  readonly index: LogIndex;
}

const pieceBytes = 512 * 1024;

/** @throws RangeError when the text is empty or holds a line end */
export async function searchLog(source: Source, search: LogSearch): Promise<LogMatches> {
  const { text, ignoreCase = false, fromLine = 1, limit = 1000 } = search;
  if (text === '' || text.includes('\n')) throw new RangeError('The text to search for must be one line, not empty.');
  const { index } = source;
  const lines: number[] = [];
  let total = 0;
  let last = -1;
  const from = (await index.record(index.positionOf(fromLine)))?.offset;
  if (from === undefined) return { lines, total, nextLine: null };
  const needle = Buffer.from(ignoreCase ? lowerAscii(text) : text);
  const stopped = await scan(
    source,
    { from, until: Infinity, needle, ignoreCase, ...deadline(search) },
    async (offset) => {
      const position = await index.positionAt(offset);
      const end = (await index.record(position + 1))?.offset ?? Infinity;
      if (offset + needle.length > end) return null;
      if (position !== last) {
        last = position;
        total += 1;
        if (lines.length < limit) lines.push(index.numberAt(position));
      }
      return end;
    },
  );
  if (stopped === null) return { lines, total, nextLine: null };
  return { lines, total, nextLine: index.numberAt(Math.max(last + 1, await index.positionAt(stopped))) };
}

const errorWords = ['error', 'exception', 'traceback', 'fatal', 'panic', 'failed'];

/** The first line that names an error, else the first of stderr; null when there is neither. */
export async function findFirstError(
  source: Source,
  limits: { maxMs?: Millis; now?: () => Millis },
): Promise<number | null> {
  const { index } = source;
  const { expired } = deadline(limits);
  let first = Infinity;
  for (const word of errorWords) {
    const needle = Buffer.from(word);
    const found = await scan(source, { from: 0, until: first, needle, ignoreCase: true, expired }, (offset) => {
      first = Math.min(first, offset);
      return Promise.resolve('stop');
    });
    if (found !== null) break;
  }
  if (first !== Infinity) return index.numberAt(await index.positionAt(first));
  for (let position = 0; position < Math.min(index.count, 100_000); position += 1) {
    if ((await index.record(position))?.stream === 'stderr') return index.numberAt(position);
  }
  return null;
}

interface Scan {
  readonly from: number;
  /** Byte from which nothing is looked for any more. */
  readonly until: number;
  readonly needle: Buffer;
  readonly ignoreCase: boolean;
  readonly expired: () => boolean;
}

/**
 * Calls `hit` with each place of the needle; the answer says where looking goes on, null is one byte further.
 * Returns where it stopped when time ran out, else null.
 */
async function scan(
  source: Source,
  scan: Scan,
  hit: (offset: number) => Promise<number | 'stop' | null>,
): Promise<number | null> {
  const { needle, ignoreCase, until } = scan;
  const buffer = Buffer.alloc(pieceBytes + needle.length);
  let base = scan.from;
  let goOn = base;
  while (base < until) {
    const { bytesRead } = await source.data.read(buffer, 0, buffer.length, base);
    const piece = buffer.subarray(0, bytesRead);
    const find = finder(piece, needle, ignoreCase);
    while (goOn < base + bytesRead) {
      const at = find(goOn - base);
      if (at === -1 || base + at >= until) break;
      const answer = await hit(base + at);
      if (answer === 'stop') return null;
      goOn = answer ?? base + at + 1;
    }
    if (bytesRead < buffer.length || goOn === Infinity) return null;
    base = Math.max(base + bytesRead - needle.length + 1, goOn);
    goOn = base;
    if (scan.expired()) return base;
  }
  return null;
}

function deadline({ maxMs = 2000, now }: { maxMs?: Millis; now?: () => Millis }): { expired: () => boolean } {
  if (now === undefined) return { expired: () => false };
  const end = now() + maxMs;
  return { expired: () => now() >= end };
}

function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Looks for the needle from a place on; -1 without one. Lower case by the engine is ten times faster than byte by byte,
 * but changes bytes above ASCII too, so it serves only for a needle that has none.
 */
function finder(piece: Buffer, needle: Buffer, ignoreCase: boolean): (from: number) => number {
  if (!ignoreCase) return (from) => piece.indexOf(needle, from);
  if (needle.every((byte) => byte < 0x80)) {
    const text = piece.toString('latin1').toLowerCase();
    const wanted = needle.toString('latin1');
    return (from) => text.indexOf(wanted, from);
  }
  for (const [at, byte] of piece.entries()) if (byte >= 0x41 && byte <= 0x5a) piece[at] = byte | 0x20;
  return (from) => piece.indexOf(needle, from);
}
