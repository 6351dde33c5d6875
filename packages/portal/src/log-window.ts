/** Which lines of a log an answer holds: those that hold a text, the last ones, or a window of them. */
import type { LogLine, LogQuery, LogWindow } from 'job-trigger-contract';
import { formatInstant, isFinal, type LogReader, type Run } from 'job-trigger-core';
import type { z } from 'zod';

type Asked = z.output<typeof LogQuery>;
type Lines = Awaited<ReturnType<LogReader['read']>>;

/** Searching longer than this would hold the answer up; what was found until then is told. */
const mostSearchMs = 5000;

interface Found {
  readonly lines: Lines;
  /** All lines that hold the text; null when none was looked for. */
  readonly hits: number | null;
}

async function findLines(reader: LogReader, query: Asked, now: () => number): Promise<Found> {
  const { search, ignore_case: ignoreCase = false, tail, from_line: fromLine = 1, limit } = query;
  if (search !== undefined) {
    const asked = { text: search, ignoreCase, limit: limit ?? 200, maxMs: mostSearchMs, now };
    const found = await reader.search(asked);
    const lines = await Promise.all(found.lines.map((line) => reader.read({ fromLine: line, count: 1 })));
    return { lines: lines.flat(), hits: found.total };
  }
  if (tail !== undefined) return { lines: await reader.tail(tail), hits: null };
  const window = { fromLine, count: limit ?? 500, showAll: query.full_line === true };
  return { lines: await reader.read(window), hits: null };
}

function lineToWire({ line, at, stream, text, hiddenBytes }: Lines[number]): LogLine {
  return { line, at: formatInstant(at), stream, text, ...(hiddenBytes > 0 ? { cut: true } : {}) };
}

/** Of an attempt that has no log: it never started, or has said nothing yet. */
export function emptyWindow(run: Run, attempt: number): LogWindow {
  const complete = isFinal(run.state);
  return { items: [], lines: 0, bytes: 0, cut_bytes: 0, complete, first_error_line: null, attempt };
}

/** Does not close the reader. @param now the monotonic clock that bounds a search */
export async function windowOf(
  reader: LogReader,
  {
    run,
    attempt,
    query,
    now,
  }: { readonly run: Run; readonly attempt: number; readonly query: Asked; now: () => number },
): Promise<LogWindow> {
  const state = await reader.state();
  const { lines, hits } = await findLines(reader, query, now);
  const ended = isFinal(run.state);
  return {
    items: lines.map(lineToWire),
    lines: state.lines,
    bytes: state.bytes,
    cut_bytes: state.cut?.bytes ?? 0,
    complete: state.complete || ended,
    first_error_line: ended && run.state !== 'succeeded' ? await reader.firstError() : null,
    attempt,
    ...(hits === null ? {} : { hits_total: hits }),
  };
}
