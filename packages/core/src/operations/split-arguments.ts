import { invalidField } from '../errors.ts';

/** One argument, or a part of one: bare characters, a quoted text, a character behind a backslash. */
const part =
  /(?<blank>\s+)|'(?<plain>[^']*)'|"(?<quoted>(?:\\[\s\S]|[^"\\])*)"|\\(?<escaped>[\s\S])|(?<bare>[^\s'"\\]+)|(?<open>['"\\])/gu;

/**
 * Splits a line into arguments as a shell would: blanks separate, quotes hold together, a backslash takes the next
 * character as it is. Nothing is expanded, and no shell ever sees it. @throws `invalid` for an open quote
 */
export function splitArguments(line: string, path: string): string[] {
  const found: string[] = [];
  let current: string | null = null;
  for (const { groups = {} } of line.matchAll(part)) {
    const { blank, plain, quoted, escaped, bare, open } = groups;
    if (open !== undefined && open !== '\\') throw invalidField(path, `has a ${open} that is never closed`);
    if (blank === undefined) {
      const text: string = plain ?? quoted?.replace(/\\([\s\S])/gu, '$1') ?? escaped ?? bare ?? open ?? '';
      current = (current ?? '') + text;
    } else {
      if (current !== null) found.push(current);
      current = null;
    }
  }
  if (current !== null) found.push(current);
  return found;
}
