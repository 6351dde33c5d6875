/** Which test makes which fault: read from the titles of the tests, so that the page cannot claim what is not there. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultRows } from '../../test/chaos/history.ts';
import { catalogue, type CataloguedFault } from './fault-catalogue.ts';
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

export interface FaultProof extends CataloguedFault {
  readonly tests: readonly FaultTest[];
  /** Kinds of `npm run chaos`. */
  readonly kinds: readonly string[];
}

/** Every row of the catalogue with what makes its fault, by heading. */
export function faultProofs(): Readonly<Record<string, readonly FaultProof[]>> {
  const tests = faultTests();
  const kindsOf = (row: string): string[] =>
    Object.entries(faultRows).flatMap(([kind, ids]) => (ids.includes(row) ? [kind.replaceAll('_', ' ')] : []));
  const proven = (faults: readonly CataloguedFault[]): FaultProof[] =>
    faults.map((fault) => ({ ...fault, tests: tests.get(fault.id) ?? [], kinds: kindsOf(fault.id) }));
  return Object.fromEntries(Object.entries(catalogue).map(([heading, faults]) => [heading, proven(faults)]));
}

export function faultsPage(): string {
  const proofs = faultProofs();
  const all = Object.values(proofs).flat();
  const tested = all.filter(({ tests }) => tests.length > 0).length;
  const struck = all.filter(({ tests, kinds }) => tests.length === 0 && kinds.length > 0).length;
  const sections = Object.entries(proofs).map(([heading, faults]) => {
    const rows = faults.map((fault) => [fault.id, fault.fault, provenBy(fault)]);
    return `## ${heading}\n\n${table(['', 'fault', 'made by'], rows)}`;
  });
  return page('Faults', 'scripts/reference/fault-catalogue.ts', [
    `Everything that is broken on purpose, and where. Of ${all.length} faults ${tested} are made by tests of \`npm test\`, ${struck}
by [chaos](../explanation/evidence.md) with real processes (\`npm run chaos\`) alone, and ${all.length - tested - struck} by no test, for
the reason that stands there. A reason beside tests is what they leave out.`,
    ...sections,
  ]);
}

function provenBy({ tests, kinds, untested }: FaultProof): string {
  const byFile = Map.groupBy(tests, ({ file }) => file);
  const links = [...byFile].map(([file, own]) => `[${own.map(({ title }) => shown(title)).join('; ')}](../../${file})`);
  const chaos = kinds.length === 0 ? [] : [`[chaos](../../test/chaos/strike.ts): ${kinds.map(code).join(', ')}`];
  return [...links, ...chaos, ...(untested === undefined ? [] : [`Not tested: ${untested}`])].join('<br>');
}

/** A title of the source as a reader wants it: what a table of cases puts in is left open. */
function shown(title: string): string {
  return title.replaceAll(/\$\{\w+\}|%[sij]/g, '…').replaceAll("\\'", "'");
}
