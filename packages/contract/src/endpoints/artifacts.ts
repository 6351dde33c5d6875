/** Files that runs left. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Artifact, ArtifactList, ArtifactListQuery, ArtifactQuery, ArtifactVersionsQuery } from '../shapes/artifact.ts';
import { pageOf, Uuid } from '../shapes/common.ts';

const One = z.strictObject({ id: Uuid, artifact_id: Uuid });

export const artifactsEndpoints = {
  listArtifacts: endpoint({
    method: 'GET',
    path: '/api/runs/{id}/artifacts',
    access: 'viewer',
    tag: 'Artifacts',
    summary: 'Files that a run left, with what could not be kept and why; or all of them as one archive.',
    params: z.strictObject({ id: Uuid }),
    query: ArtifactListQuery,
    status: 200,
    answer: ArtifactList,
  }),
  getArtifact: endpoint({
    method: 'GET',
    path: '/api/runs/{id}/artifacts/{artifact_id}',
    access: 'viewer',
    tag: 'Artifacts',
    summary: 'One file: what is known of it, or its bytes.',
    params: One,
    query: ArtifactQuery,
    status: 200,
    answer: Artifact,
  }),
  artifactVersions: endpoint({
    method: 'GET',
    path: '/api/runs/{id}/artifacts/{artifact_id}/versions',
    access: 'viewer',
    tag: 'Artifacts',
    summary: 'Kept files of the same name over the runs of the job, newest first.',
    params: One,
    query: ArtifactVersionsQuery,
    status: 200,
    answer: pageOf(Artifact),
  }),
} as const;
