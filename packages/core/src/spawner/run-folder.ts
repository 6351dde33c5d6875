import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reference } from '../model/id.ts';
import { runFolder } from './log-path.ts';

/** Removes what a run left on disk: output, result, artifacts. The folder of the day goes with its last run. */
export async function removeRunFolder(dataDir: string, run: Reference): Promise<void> {
  const folder = runFolder(dataDir, run);
  // A process that is being ended may write between the look into the folder and its removal.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  await rmdir(dirname(folder)).catch(() => undefined);
}
