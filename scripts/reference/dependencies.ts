import { code, page, table } from './markdown.ts';
import { carriedBy, locked, nameOf } from './lockfile.ts';

/** Our packages, and what each is for; the pages are carried by the program. */
const ours = {
  'packages/core': 'the library `job-trigger-core`',
  'packages/portal': 'the server `job-trigger-server`, with the library',
  'packages/dashboard': 'the pages `job-trigger-dashboard`, built in',
  'packages/cli': 'the program `job-trigger-portal`, with all of these',
} as const;

function rowOf(place: string): readonly string[] {
  const { version = '', license = 'unknown' } = locked[place] ?? {};
  return [code(nameOf(place)), version, license];
}

export function dependenciesPage(): string {
  const all = carriedBy('packages/cli');
  const counts = Object.entries(ours).map(([place, what]) => [what, String(carriedBy(place).length)]);
  return page('Dependencies', 'package-lock.json', [
    'What the parts of the project carry that others wrote, with the licence of each. Nothing of it runs when it is installed. `npm run -s sbom` prints the same as a bill of materials (CycloneDX, JSON).',
    `## How many\n\n${table(['part', 'packages'], counts)}`,
    'A machine gets one more for its kind, the hash of passwords (`@node-rs/argon2`), which is the only one that is not JavaScript. `pg` is asked for by whoever uses PostgreSQL, `@aws-sdk/client-s3` by whoever keeps artifacts in a store of objects; the library brings neither.',
    `## Each\n\n${table(['package', 'version', 'licence'], all.map(rowOf))}`,
    'Holidays are facts of `date-holidays`, whose data is published under [CC BY 3.0](https://creativecommons.org/licenses/by/3.0/) with sources named there.',
  ]);
}
