import { factories } from 'job-trigger-core/testing';
import type { JobFilter, JobSummary } from 'job-trigger-core';
import { expect, test } from 'vitest';
import { pageOfJobs } from './job-pages.ts';

/** A list that looks through a job a page and finds what `isFound` says. */
function listOf(isFound: (place: number) => boolean) {
  const asked: (string | null)[] = [];
  const list = (_filter: JobFilter, _sort: string, _descending: boolean, { after }: { after?: string | null }) => {
    const place = Number(after ?? 0);
    asked.push(after ?? null);
    const summary: JobSummary = {
      job: factories.job(),
      schedules: [],
      nextDueAt: null,
      live: 0,
      queued: 0,
      lastRun: null,
      consecutiveFailures: 0,
      runCount: 0,
    };
    return Promise.resolve({ items: isFound(place) ? [summary] : [], next: String(place + 1) });
  };
  return { asked, jobs: { list } };
}

const page = { filter: {}, shown: { issuesFrom: 1, failedFrom: 3 }, limit: 2, after: null } as const;

test('a page of the list is one page of the store, however short, and says where to go on', async () => {
  const { asked, jobs } = listOf(() => false);
  expect(await pageOfJobs(jobs, page)).toEqual({ items: [], next: '1' });
  expect(asked).toEqual([null]);
});

test('with a status, which is computed, four pages are read at most', async () => {
  const none = listOf(() => false);
  expect(await pageOfJobs(none.jobs, { ...page, status: 'running' })).toEqual({ items: [], next: '4' });
  const all = listOf(() => true);
  expect((await pageOfJobs(all.jobs, { ...page, status: 'active' })).next).toBe('2');
  expect(all.asked).toEqual([null, '1']);
});

test('who has to know all goes on to as many as are asked for', async () => {
  const { jobs } = listOf((place) => place > 7);
  expect((await pageOfJobs(jobs, { ...page, mostPages: Infinity })).next).toBe('10');
});
