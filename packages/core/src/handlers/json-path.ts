/**
 * Names one place in a JSON document: `$`, then `.name`, `["any name"]` or `[0]` as often as needed. Nothing searches,
 * filters or counts: the same document always has one answer.
 */

const step = /\.(?<name>[\p{L}_][\p{L}\p{N}_-]*)|\[(?<place>\d{1,9})\]|\["(?<quoted>(?:[^"\\]|\\["\\])*)"\]/uy;

/** The steps of a path; null when it cannot be read. */
export function readJsonPath(path: string): readonly (string | number)[] | null {
  if (!path.startsWith('$')) return null;
  const steps: (string | number)[] = [];
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const { name, place, quoted } = step.exec(path)?.groups ?? {};
    if (name !== undefined) steps.push(name);
    else if (place !== undefined) steps.push(Number(place));
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(["\\])/g, '$1'));
    else return null;
  }
  return steps;
}

/** What stands there; undefined when nothing does. @param path one that {@link readJsonPath} can read */
export function atJsonPath(document: unknown, path: string): unknown {
  let here = document;
  for (const at of readJsonPath(path) ?? []) {
    if (typeof here !== 'object' || here === null) return undefined;
    // An array has places and no names: its length is no value of the document.
    if (Array.isArray(here) !== (typeof at === 'number') || !Object.hasOwn(here, at)) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[at];
  }
  return here;
}
