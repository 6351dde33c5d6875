/** What a process leaves in `JTP_RESULT_FILE` and `JTP_PROGRESS_FILE`. Its output is never read for either. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { Instant } from '../model/instant.ts';
import { itemCountsOf, type Progress } from '../model/run.ts';
import type { HandlerContext } from './handler.ts';

/** For each prerequisite, by name, what its run came to: for `JTP_UPSTREAM_FILE`. */
export function writeUpstream(path: string, upstream: NonNullable<HandlerContext['upstream']>): void {
  const told = Object.entries(upstream).map(([name, { runId, state, result }]) => [
    name,
    { run_id: runId, state, result },
  ]);
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(told))}\n`, { mode: 0o600 });
}

export const resultLimitBytes = 256 * 1024;
const progressTailBytes = 16 * 1024;
const longestMessage = 500;
const longestPhase = 100;

/** The result, null when none was left, or why it cannot be taken. */
export type ResultFile = { readonly result: unknown } | { readonly problem: string };

export function readResult(path: string): ResultFile {
  const read = readEnd(path, resultLimitBytes + 1);
  if (read === null) return { result: null };
  if (typeof read === 'string') return { problem: read };
  if (read.size > resultLimitBytes) {
    return { problem: `The result has ${read.size} bytes; ${resultLimitBytes} are kept at most. It was left out.` };
  }
  const text = read.bytes.toString('utf8').trim();
  if (text === '') return { result: null };
  try {
    return { result: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: `The result is not JSON: ${(error as Error).message}` };
  }
}

/**
 * The last whole line that is a JSON object with at least one of `fraction` (0 to 1) or `percent` (0 to 100), `message`,
 * `phase` and `items`; null when there is none.
 */
export function readProgress(path: string, at: Instant): Progress | null {
  const read = readEnd(path, progressTailBytes);
  if (read === null || typeof read === 'string') return null;
  const lines = read.bytes.toString('utf8').split('\n');
  for (const line of lines.toReversed()) {
    const progress = parseProgress(line, at);
    if (progress !== null) return progress;
  }
  return null;
}

function parseProgress(line: string, at: Instant): Progress | null {
  if (!line.trimStart().startsWith('{')) return null;
  try {
    const told = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const progress = {
      fraction: shareOf(told['fraction'], 1) ?? shareOf(told['percent'], 100),
      message: wordsOf(told['message'], longestMessage),
      phase: wordsOf(told['phase'], longestPhase),
      items: itemCountsOf(told['items']),
    };
    return Object.values(progress).every((value) => value === null) ? null : { ...progress, at };
  } catch {
    return null;
  }
}

function shareOf(value: unknown, whole: number): number | null {
  return typeof value === 'number' && value >= 0 && value <= whole ? value / whole : null;
}

function wordsOf(value: unknown, longest: number): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, longest) : null;
}

/**
 * The last `limit` bytes of a regular file. The process chose what lies there: a link could lead anywhere and a named
 * pipe would never end, so neither is opened. Null without a file, a sentence when it is something else.
 */
function readEnd(path: string, limit: number): { bytes: Buffer; size: number } | string | null {
  // Most processes leave none, and an error that is thrown costs more than the look.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? null : `The file could not be opened (${code}).`;
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return 'It is not a regular file.';
    const from = Math.max(0, stats.size - limit);
    const bytes = Buffer.alloc(stats.size - from);
    return { bytes: bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from)), size: stats.size };
  } finally {
    closeSync(file);
  }
}
