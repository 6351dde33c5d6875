import { invalidField } from '../errors.ts';

/**
 * Splits a line into arguments as a shell would: blanks separate, quotes hold together, a backslash takes the next
 * character as it is. Nothing is expanded, and no shell ever sees it. @throws `invalid` for an open quote
 */
export function splitArguments(line: string, path: string): string[] {
  const found: string[] = [];
  let current: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (quote !== null && character === quote) {
      quote = null;
    } else if (character === '\\' && quote !== "'" && at + 1 < line.length) {
      at += 1;
      current = (current ?? '') + (line[at] ?? '');
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      current ??= '';
    } else if (quote === null && /\s/.test(character)) {
      if (current !== null) found.push(current);
      current = null;
    } else {
      current = (current ?? '') + character;
    }
  }
  if (quote !== null) throw invalidField(path, `has a ${quote} that is never closed`);
  if (current !== null) found.push(current);
  return found;
}
