/** Which test makes which fault: read from the titles of the tests, so that the page cannot claim what is not there. */
import { faultRows } from '../../test/chaos/history.ts';
import { catalogue, type CataloguedFault } from './fault-catalogue.ts';
import { code, page, table } from './markdown.ts';
import { linksTo, testsNaming, type TitledTest } from './titled-tests.ts';

/** Not those of the security catalogue, which are called SEC-F1 and so on. */
const number = /(?<!-)\bF\d{1,2}\b/g;

/** The tests that name a fault by its number. */
export const faultTests = (): ReadonlyMap<string, readonly TitledTest[]> => testsNaming(number);

export interface FaultProof extends CataloguedFault {
  readonly tests: readonly TitledTest[];
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
  const chaos = kinds.length === 0 ? [] : [`[chaos](../../test/chaos/strike.ts): ${kinds.map(code).join(', ')}`];
  return [...linksTo(tests), ...chaos, ...(untested === undefined ? [] : [`Not tested: ${untested}`])].join('<br>');
}
