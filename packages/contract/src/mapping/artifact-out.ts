import {
  artifactPreview,
  formatInstant,
  toUuid,
  type Artifact as CoreArtifact,
  type Reference,
} from 'job-trigger-core';
import type { Artifact } from '../shapes/artifact.ts';

/** @param job the outside name of the job, which the artifact knows by its number alone */
export function artifactToWire(artifact: CoreArtifact, job: Reference): Artifact {
  const { runId, runCreatedAt, attempt, name, type, bytes, sha256, problem, createdAt, expiresAt } = artifact;
  return {
    id: toUuid(artifact),
    run_id: toUuid({ id: runId, createdAt: runCreatedAt }),
    job_id: toUuid(job),
    attempt,
    name,
    type,
    bytes,
    sha256,
    kept: problem === null,
    problem,
    preview: problem === null ? artifactPreview(type) : null,
    created_at: formatInstant(createdAt),
    expires_at: expiresAt === null ? null : formatInstant(expiresAt),
  };
}
