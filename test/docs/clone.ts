import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../structure/pages.ts';

/**
 * What `git clone` would bring, as far as the pages use it, in a folder of its own: commands that leave things behind
 * leave them there. The libraries are those of this checkout.
 */
export function cloneInto(folder: string): string {
  const clone = join(folder, 'job-trigger-portal');
  for (const name of ['package.json', 'scripts', 'docs', 'packages/cli']) {
    cpSync(join(root, name), join(clone, name), {
      recursive: true,
      filter: (source) => !/[\\/](?:dist|node_modules)(?:[\\/]|$)/.test(source),
    });
  }
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

/**
 * A folder for PATH with `jtp` as an installed package would put it there: the program that `npm run jtp` runs, which
 * starts in a third of the time that the sources need.
 */
export function commandsOf(clone: string, folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'jtp'), `#!/bin/sh\nexec node '${clone}/packages/cli/built/main.js' "$@"\n`);
  chmodSync(join(bin, 'jtp'), 0o755);
  return bin;
}
