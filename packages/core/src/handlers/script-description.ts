import { closeSync, openSync, readSync } from 'node:fs';

/** Where a description stands: in the first lines, or nowhere. */
const looksAt = 2048;
const longest = 200;

/** What a script says of itself: its first line of comment, or of a Python docstring. Null when it says nothing. */
export function describeScript(file: string): string | null {
  const text = beginningOf(file);
  if (text === null) return null;
  for (const line of text.split('\n', 12)) {
    const said = /^\s*(?:#(?!!)|\/\/|::|rem\s|@?rem\s|"""|'''|\/\*+)\s*(.*)$/i.exec(line)?.[1];
    if (said === undefined) continue;
    const words = said.replace(/(?:"""|'''|\*\/)\s*$/, '').trim();
    if (words === '' || /^(?:-\*-|vim?:|eslint|shellcheck|SPDX|Copyright|@ts-)/i.test(words)) continue;
    return words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
  }
  return null;
}

/** Null when it cannot be read or is no text. */
function beginningOf(file: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const bytes = Buffer.alloc(looksAt);
    const length = readSync(descriptor, bytes, 0, looksAt, 0);
    const text = bytes.toString('utf8', 0, length).replaceAll('\r\n', '\n');
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}
