import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';

/** Where the built pages lie; null when nobody has built them, which the portal then says in words. */
export function pageFolder(): string | null {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve('job-trigger-dashboard/package.json')), 'dist');
    return existsSync(join(folder, 'index.html')) ? folder : null;
  } catch {
    return null;
  }
}
