/** Which test makes which attack: read from the titles of the tests, so that the page cannot claim what is not there. */
import { page, table } from './markdown.ts';
import { attacks, type CataloguedAttack } from './security-catalogue.ts';
import { linksTo, testsNaming, type TitledTest } from './titled-tests.ts';

const number = /\bSEC-[A-K]\d{1,2}\b/g;

/** The tests that name a row, `SEC-A1` for A1. */
export const attackTests = (): ReadonlyMap<string, readonly TitledTest[]> => testsNaming(number);

export interface AttackProof extends CataloguedAttack {
  readonly tests: readonly TitledTest[];
}

/** Every row of the catalogue with what makes its attack, by heading. */
export function attackProofs(): Readonly<Record<string, readonly AttackProof[]>> {
  const tests = attackTests();
  return Object.fromEntries(
    Object.entries(attacks).map(([heading, rows]) => [
      heading,
      rows.map((row) => ({ ...row, tests: tests.get(`SEC-${row.id}`) ?? [] })),
    ]),
  );
}

export function securityPage(): string {
  const proofs = attackProofs();
  const all = Object.values(proofs).flat();
  const tested = all.filter(({ tests }) => tests.length > 0).length;
  const sections = Object.entries(proofs).map(([heading, rows]) => {
    const lines = rows.map(({ id, attack, tests, untested }) => [
      id,
      attack,
      [...linksTo(tests), ...(untested === undefined ? [] : [`Not tested: ${untested}`])].join('<br>'),
    ]);
    return `## ${heading}\n\n${table(['', 'attack', 'made by'], lines)}`;
  });
  return page('Attacks and bad input', 'scripts/reference/security-catalogue.ts', [
    `What is sent to the portal to break it, and where. Of ${all.length} rows ${tested} are made by tests of \`npm test\`; the others, and what a
test leaves out, say why. Broken machines are a page of their own: [faults](faults.md).`,
    ...sections,
  ]);
}
