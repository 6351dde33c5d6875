import {
  jobStatusOf,
  type BreakerSettings,
  type JobFilter,
  type JobOperations,
  type JobSort,
  type JobStatus,
  type JobSummary,
} from 'job-trigger-core';

export interface JobPageRequest {
  readonly filter: JobFilter;
  /** From how many failures on a job has issues, and has failed. */
  readonly shown: BreakerSettings['shown'];
  readonly status?: JobStatus | undefined;
  /** With `-` before it for descending. */
  readonly sort?: string | undefined;
  readonly limit: number;
  readonly after: string | null;
  /** How many pages are read for it at most: who asks goes on from `next`. Default 4 with a status, else 1: a list fills its own. */
  readonly mostPages?: number;
}

/** Jobs that match. A status is computed, not stored: pages are read until enough of them have it, or enough were looked at. */
export async function pageOfJobs(
  jobs: Pick<JobOperations, 'list'>,
  {
    filter,
    shown,
    status,
    sort = '-created_at',
    limit,
    after,
    mostPages = status === undefined ? 1 : 4,
  }: JobPageRequest,
): Promise<{ readonly items: readonly JobSummary[]; readonly next: string | null }> {
  const items: JobSummary[] = [];
  let next = after;
  let pages = 0;
  do {
    pages += 1;
    const page = await jobs.list(filter, sort.replace('-', '') as JobSort, sort.startsWith('-'), {
      limit: limit - items.length,
      after: next,
    });
    items.push(
      ...page.items.filter((summary) => status === undefined || jobStatusOf({ ...summary, ...shown }) === status),
    );
    next = page.next;
  } while (next !== null && items.length < limit && pages < mostPages);
  return { items, next };
}

/** The given fields that are there. */
export function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
