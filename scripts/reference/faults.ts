/** Which test makes which fault: read from the titles of the tests, so that the page cannot claim what is not there. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultRows } from '../../test/chaos/history.ts';
import { catalogue } from './fault-catalogue.ts';
import { code, page, table } from './markdown.ts';

const root = join(import.meta.dirname, '../..');

export interface FaultTest {
  readonly file: string;
  readonly title: string;
}

/** A title in any kind of quotes with numbers in brackets. */
const titles = /(['"`])((?:(?!\1)[^\\\n]|\\.)*?) ?\(([^()\n]*\bF\d{1,2}\b[^()\n]*)\)/g;
/** Not those of the security catalogue, which are called SEC-F1 and so on. */
const number = /(?<!-)\bF\d{1,2}\b/g;

/** The tests that name a fault in the brackets at the end of their titles, by its number. */
export function faultTests(): ReadonlyMap<string, readonly FaultTest[]> {
  const found = new Map<string, FaultTest[]>();
  const files = globSync(
    ['packages/*/src/**/*.test.ts', 'packages/core/src/testing/conformance/*.ts', 'test/**/*.test.ts'],
    {
      cwd: root,
    },
  );
  for (const file of files.toSorted())
    for (const [, , title = '', numbers = ''] of readFileSync(join(root, file), 'utf8').matchAll(titles))
      for (const [id] of numbers.matchAll(number)) {
        const tests = found.get(id) ?? [];
        found.set(id, tests);
        if (!tests.some((test) => test.file === file && test.title === title)) tests.push({ file, title });
      }
  return found;
}

export function faultsPage(): string {
  const tests = faultTests();
  const struck = new Map<string, string[]>();
  for (const [kind, ids] of Object.entries(faultRows))
    for (const id of ids) struck.set(id, [...(struck.get(id) ?? []), kind.replaceAll('_', ' ')]);
  const sections = Object.entries(catalogue).map(([heading, faults]) => {
    const rows = faults.map(({ id, fault, untested }) => [
      id,
      fault,
      provenBy(tests.get(id), struck.get(id)) ?? untested ?? '',
    ]);
    return `## ${heading}\n\n${table(['', 'fault', 'made by'], rows)}`;
  });
  return page('Faults', 'the titles of the tests', [
    `Everything that is broken on purpose, and where. Real processes are struck by \`npm run chaos\`
([its results](../explanation/evidence.md)); the others are tests of \`npm test\`.`,
    ...sections,
  ]);
}

/** Null when nothing makes the fault. */
function provenBy(tests: readonly FaultTest[] = [], kinds: readonly string[] = []): string | null {
  const byFile = Map.groupBy(tests, ({ file }) => file);
  const links = [...byFile].map(
    ([file, own]) => `[${own.map(({ title }) => title.replaceAll('|', '\\|')).join('; ')}](../../${file})`,
  );
  const chaos = kinds.length === 0 ? [] : [`[chaos](../../test/chaos/strike.ts): ${kinds.map(code).join(', ')}`];
  return links.length + chaos.length === 0 ? null : [...links, ...chaos].join('<br>');
}
