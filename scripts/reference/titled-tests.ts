/** Tests by what the brackets at the end of their titles name, so that no page claims a proof that is not there. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface TitledTest {
  /** From the root of the project. */
  readonly file: string;
  readonly title: string;
}

/** @param number finds the ids in the brackets; with the flag `g` */
export function testsNaming(number: RegExp): ReadonlyMap<string, readonly TitledTest[]> {
  // A text in any kind of quotes, and the brackets in it that hold such an id.
  const titles = new RegExp(String.raw`(['"\`])((?:(?!\1)[^\\\n]|\\.)*?) ?\(([^()\n]*${number.source}[^()\n]*)\)`, 'g');
  const found = new Map<string, TitledTest[]>();
  const files = globSync(
    [
      'packages/*/src/**/*.test.{ts,tsx}',
      'packages/portal/src/test-wrong-*.ts',
      'packages/core/src/testing/conformance/*.ts',
      'test/**/*.test.ts',
    ],
    { cwd: root },
  );
  for (const file of files.toSorted())
    for (const [, , title = '', brackets = ''] of readFileSync(join(root, file), 'utf8').matchAll(titles))
      for (const [id] of brackets.matchAll(number)) {
        const tests = found.get(id) ?? [];
        found.set(id, tests);
        if (!tests.some((test) => test.file === file && test.title === title)) tests.push({ file, title });
      }
  return found;
}

/** Links to the tests, those of one file together. */
export function linksTo(tests: readonly TitledTest[]): readonly string[] {
  const byFile = Map.groupBy(tests, ({ file }) => file);
  return [...byFile].map(([file, own]) => `[${own.map(({ title }) => shown(title)).join('; ')}](../../${file})`);
}

/** A title of the source as a reader wants it: what a table of cases puts in is left open. */
function shown(title: string): string {
  return title.replaceAll(/\$\{\w+\}|%[sij]/g, '…').replaceAll("\\'", "'");
}
