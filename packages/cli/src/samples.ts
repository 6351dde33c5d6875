import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DemoFile } from 'job-trigger-core';

/** Where the sample scripts lie in the package; those of the demo in a folder of their own. */
const samplesDir: string = join(import.meta.dirname, '..', 'samples');

function namesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
}

/** Copies the samples that are not there yet. @returns the paths it wrote */
export function writeSamples(scriptsDir: string): string[] {
  mkdirSync(scriptsDir, { recursive: true, mode: 0o755 });
  const written: string[] = [];
  for (const name of namesIn(samplesDir)) {
    const target = join(scriptsDir, name);
    if (existsSync(target)) continue;
    copyFileSync(join(samplesDir, name), target);
    written.push(target);
  }
  return written;
}

/** Samples that jobs of the demo run too. */
const shared = ['clean-up-folder.mjs', 'disk-usage.sh', 'hello-progress.mjs'];

const sha256Of = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/**
 * Puts the demo's scripts into the scripts folder. A file that is there already stays as it is.
 * @returns those that are the demo's own: written now, or by a fill that was broken off
 */
export function writeDemoFiles(scriptsDir: string): DemoFile[] {
  const own = namesIn(join(samplesDir, 'demo')).map((name) => `demo/${name}`);
  return [...shared, ...own].flatMap((path) => {
    const source = join(samplesDir, path);
    const target = join(scriptsDir, path);
    const sha256 = sha256Of(source);
    if (existsSync(target)) return own.includes(path) && sha256Of(target) === sha256 ? [{ path, sha256 }] : [];
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    copyFileSync(source, target);
    return [{ path, sha256 }];
  });
}
