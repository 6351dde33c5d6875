import type { Client, Job } from 'job-trigger-contract';
import { CommandError, exitStatus } from './exit-status.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * The job of a name. A name is one owner's: who sees the jobs of several may see it more than once.
 *
 * @throws CommandError for more than one
 */
function onlyOne(jobs: readonly Job[], name: string): Job | undefined {
  const found = jobs.filter((job) => job.name === name);
  if (found.length < 2) return found[0];
  const ids = found.map(({ id }) => id).join(', ');
  throw new CommandError(
    exitStatus.notPermitted,
    `${found.length} jobs are called '${name}': ${ids}.`,
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
    const found = onlyOne(page.items, nameOrId);
    if (found !== undefined) return found;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  throw new CommandError(exitStatus.notFound, `No job is called '${nameOrId}'.`, 'List them with: jtp jobs ls');
}
