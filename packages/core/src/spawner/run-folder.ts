import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reference } from '../model/id.ts';
import { runFolder } from './log-path.ts';

/** Removes what a run wrote: its output, results and artifacts. Nothing to remove is no fault. */
export async function removeRunFolder(dataDir: string, run: Reference): Promise<void> {
  const folder = runFolder(dataDir, run);
  await rm(folder, { recursive: true, force: true });
  // The folder of the day goes with its last run.
  await rmdir(dirname(folder)).catch(() => undefined);
}
