import type { Client, JobQuery } from 'job-trigger-contract';

type JobPage = Awaited<ReturnType<Client['listJobs']>>;

/**
 * The first page that has a job in it. A filter looks through so many jobs a page and no further, so that an empty page
 * may have another one behind it: nobody is told that there is none before the list has ended.
 */
export async function firstFound(client: Pick<Client, 'listJobs'>, query: Partial<JobQuery>): Promise<JobPage> {
  let page = await client.listJobs({ query });
  while (page.items.length === 0 && page.next_cursor !== null)
    page = await client.listJobs({ query: { ...query, cursor: page.next_cursor } });
  return page;
}
