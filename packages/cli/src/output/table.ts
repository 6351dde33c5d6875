import { outputFormat, tell, type Context } from '../context.ts';
import { isColoured, painted, withIcon } from './tone.ts';

/** One column: its heading and the text of a cell. */
export interface Column<T> {
  readonly title: string;
  readonly text: (item: T) => string;
  /** The cell is a state: on a terminal it gets its icon and colour. */
  readonly isState?: true;
  /** Only with `-o wide`, and in a pipe, where nothing is left out. */
  readonly wide?: true;
  /** What a narrow terminal does to it: `first` is cut before the others, `never` is not cut at all. */
  readonly cut?: 'first' | 'never';
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

const gap = 2;
/** What a column keeps while others can give way, and after that. */
const leastWidths = { first: 8, others: 4 };

/** Widths that fit into `limit`, as far as columns may be cut; the widest gives way. */
function fitted(widths: readonly number[], cuts: readonly Column<unknown>['cut'][], limit: number): readonly number[] {
  const fit = [...widths];
  let excess = fit.reduce((sum, width) => sum + width + gap, -gap) - limit;
  const giveWay = (places: readonly number[], least: number): void => {
    while (excess > 0) {
      const widest = places.reduce((a, b) => ((fit[b] ?? 0) > (fit[a] ?? 0) ? b : a), places[0] ?? -1);
      if ((fit[widest] ?? 0) <= least) return;
      fit[widest] = (fit[widest] ?? 0) - 1;
      excess -= 1;
    }
  };
  const places = [...cuts.keys()];
  giveWay(
    places.filter((at) => cuts[at] === 'first'),
    leastWidths.first,
  );
  giveWay(
    places.filter((at) => cuts[at] !== 'never'),
    leastWidths.others,
  );
  return fit;
}

/** Cells of one line, each cut and padded to its column's width. */
function lineOf(cells: readonly Cell[], widths: readonly number[], coloured: boolean): string {
  const parts = cells.map(({ text, state }, at) => {
    const width = widths[at] ?? 0;
    const shown = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    const padded = at === cells.length - 1 ? shown : shown.padEnd(width + gap);
    return coloured && state !== null ? painted(padded, state) : padded;
  });
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
  const limit = isWide ? Infinity : stdout.columns || 120;
  const fit = fitted(
    widths,
    shown.map(({ cut }) => cut),
    limit,
  );
  for (const row of rows) stdout.write(`${lineOf(row, fit, isColoured(context))}\n`);
}

/** A page of a list, as a table; on stderr, what to add for the next one when there is more. */
export function writePage<T>(
  context: Context,
  { items, next_cursor: next }: { readonly items: readonly T[]; readonly next_cursor: string | null },
  columns: readonly Column<T>[],
  empty: string,
): void {
  writeTable(context, items, columns, empty);
  if (next !== null) tell(context, `There are more: the same with --cursor ${next}`);
}
