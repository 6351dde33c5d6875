import type { Context } from '../context.ts';
import { printable } from './table.ts';
import { isColoured, painted, withIcon } from './tone.ts';

/** One line of what is known of a thing; null leaves it out. */
export type Fact = readonly [name: string, value: string | null];

/** Aligned on a terminal, the state with its icon; name and value with a tab between them in a pipe. */
export function writeFacts(context: Context, facts: readonly Fact[]): void {
  const { stdout } = context.terminal;
  const known = facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value] as const]));
  const width = Math.max(...known.map(([name]) => name.length));
  for (const [name, value] of known) {
    const text = printable(value);
    if (stdout.isTTY !== true) {
      stdout.write(`${name}\t${text}\n`);
      continue;
    }
    const isState = name === 'state' || name === 'status';
    const shown = isState ? withIcon(text) : text;
    stdout.write(`${name.padEnd(width)}  ${isState && isColoured(context) ? painted(shown, text) : shown}\n`);
  }
}
