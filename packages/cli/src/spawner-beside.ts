import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The spawner's program where a clone is built into few files (`vite.config.ts`); undefined where core has its own. */
export function spawnerBeside(): string | undefined {
  const path = join(import.meta.dirname, 'spawner.cjs');
  return existsSync(path) ? path : undefined;
}
