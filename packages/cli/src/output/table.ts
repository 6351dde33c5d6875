import type { Terminal } from '../terminal.ts';

/** One column: its heading and the text of a cell. */
export interface Column<T> {
  readonly title: string;
  readonly text: (item: T) => string;
}

/** Control characters of names and messages never reach the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '?');
}

/**
 * Aligned with a heading on a terminal, cut to its width; tab-separated, whole and without heading in a pipe.
 * An empty list leaves stdout empty and tells `empty` on stderr.
 */
export function writeTable<T>(
  terminal: Terminal,
  items: readonly T[],
  columns: readonly Column<T>[],
  empty: string,
): void {
  if (items.length === 0) {
    terminal.stderr.write(`${empty}\n`);
    return;
  }
  const rows = items.map((item) => columns.map((column) => printable(column.text(item))));
  if (terminal.stdout.isTTY !== true) {
    for (const row of rows) terminal.stdout.write(`${row.join('\t')}\n`);
    return;
  }
  const titles = columns.map((column) => column.title);
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const limit = terminal.stdout.columns ?? 120;
  for (const row of [titles, ...rows]) {
    const line = row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
    terminal.stdout.write(`${line.length > limit ? `${line.slice(0, limit - 1)}…` : line}\n`);
  }
}
