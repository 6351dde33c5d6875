import type { Client, Job } from 'job-trigger-contract';
import { CommandError, exitStatus } from './exit-status.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A name is one owner's: who sees the jobs of several may see it more than once. */
function ofSeveral(name: string, jobs: readonly Job[]): CommandError {
  const ids = jobs.map(({ id }) => id).join(', ');
  return new CommandError(
    exitStatus.notPermitted,
    `${jobs.length} jobs are called '${name}': ${ids}.`,
    'Name one by its id.',
  );
}

/** A job by its id or its exact name; among the living ones, unless `deleted`. */
export async function findJob(
  client: Client,
  nameOrId: string,
  { deleted = false }: { readonly deleted?: boolean } = {},
): Promise<Job> {
  if (uuid.test(nameOrId)) return client.getJob({ params: { id: nameOrId } });
  let cursor: string | undefined;
  do {
    const page = await client.listJobs({
      query: {
        search: nameOrId.slice(0, 200),
        limit: 200,
        ...(deleted ? { deleted: 'true' as const } : {}),
        ...(cursor === undefined ? {} : { cursor }),
      },
    });
    const [found, ...others] = page.items.filter((job) => job.name === nameOrId);
    if (found !== undefined && others.length > 0) throw ofSeveral(nameOrId, [found, ...others]);
    if (found !== undefined) return found;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  throw new CommandError(exitStatus.notFound, `No job is called '${nameOrId}'.`, 'List them with: jtp jobs ls');
}
