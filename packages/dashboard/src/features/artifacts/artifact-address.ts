import { endpoints, pathOf, type Artifact } from 'job-trigger-contract';
import { base } from '../../lib/base.ts';

/** Where its bytes are; a browser saves them and shows nothing of them. */
export function bytesAddress({ run_id: id, id: artifact_id }: Pick<Artifact, 'run_id' | 'id'>): string {
  return base + pathOf(endpoints.getArtifact.path, { params: { id, artifact_id }, query: { download: true } });
}

export function archiveAddress(runId: string): string {
  return base + pathOf(endpoints.listArtifacts.path, { params: { id: runId }, query: { format: 'zip' } });
}
