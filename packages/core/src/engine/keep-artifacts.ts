/** What an attempt left is kept before its result is told, so that who sees the end sees all of it. */
import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { removeArtifacts, type ArtifactStore } from '../artifacts/artifact-store.ts';
import { collectArtifacts } from '../artifacts/collect.ts';
import { artifactRules, type Artifact, type ArtifactSettings } from '../model/artifact.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Claim } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import { pause } from '../system/pause.ts';
import type { Logger } from '../system/logger.ts';

export interface KeepArtifactsOptions {
  readonly store: Store;
  readonly artifacts: ArtifactStore;
  readonly settings: ArtifactSettings;
  readonly claim: Claim;
  readonly definition: JobDefinition;
  readonly folder: string;
  readonly now: Instant;
  readonly log: Logger;
}

const tries = 60;
const restMs = 1000;

/** Never throws: whatever becomes of the files, the result of the attempt stands. */
export async function keepArtifacts(options: KeepArtifactsOptions): Promise<void> {
  const { folder, log } = options;
  if (await isGone(folder)) return;
  try {
    await keepAll(options);
  } catch (error) {
    log.warn('artifacts not kept; they lie in the folder of the run', { error: (error as Error).message });
  }
}

/**
 * Most attempts leave nothing: one word to the system settles it. A folder goes beside the loop: a file system takes half
 * a millisecond and more to let it go, and nothing else would be started meanwhile.
 */
async function isGone(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return true;
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

async function keepAll(options: KeepArtifactsOptions): Promise<void> {
  const { store, artifacts, settings, claim, definition, folder, now, log } = options;
  const rules = artifactRules(settings, definition.artifacts);
  const { runId, runCreatedAt, jobId, attempt } = claim;
  const { artifacts: left, incomplete } = await collectArtifacts({
    folder,
    store: artifacts,
    ids: (count) => again(() => store.ids(count), log),
    rules,
    now,
    of: { runId, runCreatedAt, jobId, attempt },
  });
  if (left.length > 0) {
    const held = await again(() => store.artifacts.keep(claim, left), log);
    if (!held) {
      log.warn('the lease was gone: what the attempt left is not kept');
      await removeArtifacts(artifacts, kept(left));
      return;
    }
    log.info('artifacts kept', { kept: kept(left).length, leftOut: left.length - kept(left).length });
    if (rules.keep !== null) await removeSurplus(options, jobId, kept(left), rules.keep);
  }
  if (!incomplete) await rm(folder, { recursive: true, force: true });
}

const kept = (left: readonly Artifact[]): readonly Artifact[] => left.filter(({ problem }) => problem === null);

async function removeSurplus(
  { store, artifacts }: KeepArtifactsOptions,
  jobId: Id,
  left: readonly Artifact[],
  keep: number,
): Promise<void> {
  const names = left.map(({ name }) => name);
  const gone: readonly Reference[] = await store.artifacts.removeSurplus(jobId, names, keep);
  await removeArtifacts(artifacts, gone);
}

/** The result of the attempt has to wait for the database anyway. */
async function again<T>(ask: () => Promise<T>, log: Logger): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (failures >= tries) throw error;
      log.warn('artifacts not told yet', { error: (error as Error).message });
      await pause(restMs);
    }
  }
}
