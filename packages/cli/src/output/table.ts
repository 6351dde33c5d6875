import { outputFormat, type Context } from '../context.ts';
import { isColoured, painted, withIcon } from './tone.ts';

/** One column: its heading and the text of a cell. */
export interface Column<T> {
  readonly title: string;
  readonly text: (item: T) => string;
  /** The cell is a state: on a terminal it gets its icon and colour. */
  readonly isState?: true;
  /** Only with `-o wide`, and in a pipe, where nothing is left out. */
  readonly wide?: true;
}

/** Control characters of names and messages never reach the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '?');
}

interface Cell {
  readonly text: string;
  /** The state that colours it; null for none. */
  readonly state: string | null;
}

function cellOf<T>(column: Column<T>, item: T): Cell {
  const text = printable(column.text(item));
  return column.isState === true ? { text: withIcon(text), state: text } : { text, state: null };
}

/** Cells of one line, padded, and cut to what is left of the terminal's width. */
function lineOf(cells: readonly Cell[], widths: readonly number[], limit: number, coloured: boolean): string {
  let left = limit;
  const parts: string[] = [];
  for (const [at, { text, state }] of cells.entries()) {
    const isLast = at === cells.length - 1;
    const padded = isLast ? text : `${text.padEnd(widths[at] ?? 0)}  `;
    const shown = padded.length > left ? `${padded.slice(0, Math.max(0, left - 1))}…` : padded;
    parts.push(coloured && state !== null ? painted(shown, state) : shown);
    left -= padded.length;
    if (left <= 0) break;
  }
  return parts.join('').trimEnd();
}

/**
 * Aligned with a heading on a terminal, cut to its width; tab-separated, whole and without heading in a pipe.
 * An empty list leaves stdout empty and tells `empty` on stderr.
 */
export function writeTable<T>(
  context: Context,
  items: readonly T[],
  columns: readonly Column<T>[],
  empty: string,
): void {
  const { stdout, stderr } = context.terminal;
  if (items.length === 0) {
    stderr.write(`${empty}\n`);
    return;
  }
  if (stdout.isTTY !== true) {
    for (const item of items) stdout.write(`${columns.map(({ text }) => printable(text(item))).join('\t')}\n`);
    return;
  }
  const isWide = outputFormat(context.flags) === 'wide';
  const shown = columns.filter((column) => isWide || column.wide !== true);
  const heading = shown.map(({ title }): Cell => ({ text: title, state: null }));
  const rows = [heading, ...items.map((item) => shown.map((column) => cellOf(column, item)))];
  const widths = shown.map((_, at) => Math.max(...rows.map((row) => row[at]?.text.length ?? 0)));
  const limit = isWide ? Infinity : (stdout.columns ?? 120);
  for (const row of rows) stdout.write(`${lineOf(row, widths, limit, isColoured(context))}\n`);
}
