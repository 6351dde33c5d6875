import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the built pages lie; null when they were not built. */
export function pagesFolder(): string | null {
  const start = fileURLToPath(import.meta.resolve('job-trigger-dashboard/index.html'));
  return existsSync(start) ? dirname(start) : null;
}
