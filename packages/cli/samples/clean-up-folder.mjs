#!/usr/bin/env node
// Removes files older than DAYS from a folder below the data folder. Nothing is removed without --yes.
//   args: FOLDER DAYS [--yes]
import { lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const [folder, days] = process.argv.slice(2).filter((word) => word !== '--yes');
const really = process.argv.includes('--yes');
const root = realpathSync(join(import.meta.dirname, '..'));
const age = Number(days);
if (!folder || !Number.isFinite(age) || age < 1) {
  console.error('Name a folder below the data folder and an age in days from 1, for example: backups 30');
  process.exit(2);
}
let base;
try {
  base = realpathSync(resolve(root, folder));
} catch {
  console.error(`${folder} does not exist below ${root}.`);
  process.exit(1);
}
if (relative(root, base) === '' || relative(root, base).startsWith('..')) {
  console.error(`${folder} is not below ${root}.`);
  process.exit(2);
}
const before = Date.now() - age * 86_400_000;
let count = 0;
let bytes = 0;
for (const name of readdirSync(base)) {
  const path = join(base, name);
  const found = lstatSync(path);
  if (!found.isFile() || found.mtimeMs >= before) continue;
  count += 1;
  bytes += found.size;
  console.log(`${really ? 'Removed' : 'Would remove'} ${name} (${found.size} bytes)`);
  if (really) rmSync(path);
}
console.log(`${count} files, ${bytes} bytes${really || count === 0 ? '' : '. Add --yes to remove them'}`);
