import type { ArtifactSettings } from '../model/artifact.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { FileArtifacts } from './file-artifacts.ts';
import { S3Artifacts } from './s3-artifacts.ts';

/** The store that the settings name. Opens nothing yet. */
export function artifactStore(dataDir: string, { s3 }: Pick<ArtifactSettings, 's3'>): ArtifactStore {
  return s3 === null ? new FileArtifacts(dataDir) : new S3Artifacts(s3);
}
