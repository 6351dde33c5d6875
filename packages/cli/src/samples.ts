import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the sample scripts lie in the package. */
export const samplesDir: string = join(import.meta.dirname, '..', 'samples');

/** Copies the samples that are not there yet. @returns the paths it wrote */
export function writeSamples(scriptsDir: string): string[] {
  mkdirSync(scriptsDir, { recursive: true, mode: 0o755 });
  const written: string[] = [];
  for (const name of readdirSync(samplesDir).sort()) {
    const target = join(scriptsDir, name);
    if (existsSync(target)) continue;
    copyFileSync(join(samplesDir, name), target);
    written.push(target);
  }
  return written;
}
