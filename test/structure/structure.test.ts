import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkStructure } from '../../scripts/structure.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function tree(path: string, text: string): string {
  const root = mkdtempSync(join(tmpdir(), 'jtp-structure-'));
  made.push(root);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return root;
}

test('the project keeps its own rules of structure', () => {
  expect(checkStructure(resolve(import.meta.dirname, '../..'))).toEqual([]);
});

test.each([
  [
    'packages/core/src/engine/a.ts',
    "import { x } from '../operations/b.ts';\n",
    "core's engine must not import operations",
  ],
  [
    'packages/core/src/operations/a.ts',
    "export { x } from '../engine/b.ts';\n",
    "core's operations must not import engine",
  ],
  ['packages/core/src/model/a.ts', "import type { X } from '../policy/b.ts';\n", "core's model must not import policy"],
  [
    'packages/core/src/schedule/a.ts',
    "const x = await import('../store/b.ts');\n",
    "core's schedule must not import store",
  ],
  [
    'packages/dashboard/src/a.tsx',
    "import { x } from 'job-trigger-core/model';\n",
    'package dashboard must not import job-trigger-core',
  ],
  [
    'packages/core/src/operations/a.ts',
    'await store.transaction(work);\n',
    'operations change things through audited() and say what they did',
  ],
  ['packages/core/src/policy/a.ts', 'export const now = Date.now();\n', "Date.now belongs to core's system/"],
  ['packages/core/src/policy/a.ts', 'export const now = new Date();\n', "new Date() belongs to core's system/"],
  ['packages/core/src/engine/a.ts', 'setTimeout(() => undefined, 1);\n', "timers belongs to core's system/"],
  ['packages/core/src/engine/a.ts', 'export const chance = Math.random();\n', "Math.random belongs to core's system/"],
  [
    'packages/core/src/store/a.ts',
    "import { randomUUID } from 'node:crypto';\n",
    "randomUUID belongs to core's system/",
  ],
  [
    'packages/core/src/store/a.ts',
    'export const home = process.env;\n',
    'the environment is read by the programs only',
  ],
  ['packages/core/src/store/a.ts', `export const long = '${'x'.repeat(21_000)}';\n`, 'longer than 20 KB: split it'],
])('a deliberate violation in %s is caught: %j', (path, text, rule) => {
  expect(checkStructure(tree(path, text)).map((violation) => violation.rule)).toEqual([rule]);
});
