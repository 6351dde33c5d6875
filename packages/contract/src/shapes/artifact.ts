import { z } from 'zod';
import { Instant, PageQuery, QueryFlag, Uuid } from './common.ts';

/** A file that a run left. */
export const Artifact = z
  .object({
    id: Uuid,
    run_id: Uuid,
    job_id: Uuid,
    attempt: z.int(),
    name: z.string().describe('Relative path, with forward slashes.'),
    type: z.string().describe('By the ending of its name.'),
    bytes: z.int(),
    sha256: z.string().nullable().describe('In hexadecimal; null when it was not kept.'),
    kept: z.boolean(),
    problem: z.string().nullable().describe('Why it was not kept.'),
    preview: z.enum(['image', 'text']).nullable().describe('What a page may show of it.'),
    created_at: Instant,
    expires_at: Instant.nullable().describe('Null: kept as long as its run.'),
  })
  .meta({ id: 'Artifact' });
export type Artifact = z.infer<typeof Artifact>;

export const ArtifactList = z
  .object({
    items: z.array(Artifact),
    bytes: z.int().describe('Of those that are kept.'),
  })
  .meta({ id: 'ArtifactList' });
export type ArtifactList = z.infer<typeof ArtifactList>;

export const ArtifactVersionsQuery = z.strictObject({ ...PageQuery });

/** `format=zip` answers an archive of all that are kept; where several attempts left some, each has a folder. */
export const ArtifactListQuery = z.strictObject({ format: z.enum(['json', 'zip']).optional() });

/** `download` answers the bytes, always as a file to be saved; it takes a `Range`. */
export const ArtifactQuery = z.strictObject({ download: QueryFlag.optional() });
