import { invalidField } from '../errors.ts';

/** One argument, or a part of one: bare characters, a quoted text, a character behind a backslash. */
const part =
  /(?<blank>\s+)|'(?<plain>[^']*)'|"(?<quoted>(?:\\[\s\S]|[^"\\])*)"|(?<bare>(?:\\[\s\S]|[^\s'"\\])+|\\$)|(?<open>['"])/gu;

/** Within single quotes everything stands for itself. */
function textOf({ plain, quoted, bare = '' }: Readonly<Record<string, string | undefined>>): string {
  return plain ?? (quoted ?? bare).replace(/\\([\s\S])/gu, '$1');
}

/**
 * Splits a line into arguments as a shell would: blanks separate, quotes hold together, a backslash takes the next
 * character as it is. Nothing is expanded, and no shell ever sees it. @throws `invalid` for an open quote
 */
export function splitArguments(line: string, path: string): string[] {
  const found: string[] = [];
  let current: string | null = null;
  for (const { groups = {} } of line.matchAll(part)) {
    if (groups['open'] !== undefined) throw invalidField(path, `has a ${groups['open']} that is never closed`);
    if (groups['blank'] === undefined) {
      current = `${current ?? ''}${textOf(groups)}`;
    } else {
      if (current !== null) found.push(current);
      current = null;
    }
  }
  if (current !== null) found.push(current);
  return found;
}
