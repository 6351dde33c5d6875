import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reference } from '../model/id.ts';
import { runFolder } from './log-path.ts';

/** Removes what a run left on disk: output, result, artifacts. The folder of the day goes with its last run. */
export async function removeRunFolder(dataDir: string, run: Reference): Promise<void> {
  const folder = runFolder(dataDir, run);
  await rm(folder, { recursive: true, force: true });
  await rmdir(dirname(folder)).catch(() => undefined);
}
