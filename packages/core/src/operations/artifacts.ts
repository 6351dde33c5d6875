/** Files that runs left: listed, and read by id. */
import { artifactStore } from '../artifacts/open-artifacts.ts';
import type { ByteSpan } from '../artifacts/artifact-store.ts';
import { JobTriggerError } from '../errors.ts';
import type { Artifact } from '../model/artifact.ts';
import { defaultArtifactSettings } from '../model/artifact.ts';
import type { Reference } from '../model/id.ts';
import type { Page, PageRequest } from '../store/job-tables.ts';
import type { OperationContext } from './context.ts';
import { notFound } from './jobs.ts';

export interface ArtifactOperations {
  /** By attempt and name; those that could not be kept have a `problem`. @throws `not_found` */
  list(run: Reference): Promise<readonly Artifact[]>;
  count(run: Reference): Promise<number>;
  /** @throws `not_found`, for one of another run too, and where its bytes are gone */
  get(run: Reference, of: Reference): Promise<Artifact>;
  /** @throws `not_found` when the bytes are gone */
  read(artifact: Artifact, span: ByteSpan): Promise<AsyncIterable<Uint8Array>>;
  /** The same name over the runs of the job, newest first. @throws `not_found` */
  versions(run: Reference, of: Reference, page: PageRequest): Promise<Page<Artifact>>;
}

export function artifactOperations(context: OperationContext): ArtifactOperations {
  const { store } = context;
  const bytes = artifactStore(context.dataDir, context.artifacts ?? defaultArtifactSettings);

  async function existing(run: Reference, { id, createdAt }: Reference): Promise<Artifact> {
    if ((await store.runs.get(run)) === null) throw notFound('run');
    const artifact = await store.artifacts.get(run.id, id);
    if (artifact?.createdAt !== createdAt) throw notFound('artifact');
    return artifact;
  }

  return {
    async list(run) {
      if ((await store.runs.get(run)) === null) throw notFound('run');
      return store.artifacts.ofRun(run);
    },
    count: (run) => store.artifacts.countOfRun(run),
    async get(run, of) {
      const artifact = await existing(run, of);
      if (artifact.problem !== null)
        throw new JobTriggerError('not_found', `"${artifact.name}" was not kept. ${artifact.problem}`);
      return artifact;
    },
    async read(artifact, span) {
      const found = await bytes.read(artifact, span);
      if (found === null)
        throw new JobTriggerError('not_found', `The bytes of "${artifact.name}" are not there any more.`);
      return found;
    },
    async versions(run, of, page) {
      const { jobId, name } = await existing(run, of);
      return store.artifacts.versions(jobId, name, page);
    },
  };
}
