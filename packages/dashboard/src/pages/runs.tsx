import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Loading } from '../components/loading.tsx';
import { Page } from '../components/page.tsx';
import { useAddress } from '../features/runs/address.ts';
import { filterOf, filterWords, queryOf } from '../features/runs/run-filter.ts';
import { RunFilters } from '../features/runs/run-filters.tsx';
import { RunList } from '../features/runs/run-list.tsx';
import { api } from '../lib/api.ts';
import { serverNow } from '../lib/clock.ts';

/** All runs, newest first, narrowed by what stands in the address. */
export function RunsPage() {
  const [address, change] = useAddress();
  const filter = filterOf(address);
  const jobs = useQuery({
    queryKey: ['jobs', 'names'],
    queryFn: () => api.listJobs({ query: { limit: 500, sort: 'name' } }),
    staleTime: 60_000,
  });
  const runs = useInfiniteQuery({
    queryKey: ['runs', 'list', filter],
    queryFn: ({ pageParam }) =>
      api.listRuns({
        query: { ...queryOf(filter, serverNow()), ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });
  const names = jobs.data?.items ?? [];
  const words = filterWords(filter, names.find((job) => job.id === filter.jobId)?.name);
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  const clear = (): void =>
    change({
      state: undefined,
      trigger: undefined,
      job: undefined,
      job_id: undefined,
      reason: undefined,
      worker: undefined,
      window: undefined,
      from: undefined,
      to: undefined,
    });
  return (
    <Page title="Runs">
      <RunFilters filter={filter} jobs={names} change={change} active={words.length > 0} />
      {runs.isError ? <ErrorPanel error={runs.error} retry={() => void runs.refetch()} /> : null}
      {runs.data === undefined ? (
        runs.isError ? null : (
          <Loading rows={8} />
        )
      ) : items.length === 0 ? (
        words.length > 0 ? (
          <EmptyState title="No run matches" text={`Shown are only runs with ${words.join(', ')}.`}>
            <Button variant="default" onClick={clear}>
              Clear filters
            </Button>
          </EmptyState>
        ) : (
          <EmptyState
            title="No runs yet"
            text="Every run of every job will be here, with what it wrote and why it ran. For example: run a job now, or wait for its next instant."
          >
            <Link to="/jobs" className="jtp-link">
              Open jobs
            </Link>
          </EmptyState>
        )
      ) : (
        <Stack gap="sm">
          <RunList runs={items} />
          <Group justify="center">
            {runs.hasNextPage ? (
              <Button variant="default" loading={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
                Load more
              </Button>
            ) : (
              <Text size="sm" c="dimmed">
                {items.length} {items.length === 1 ? 'run' : 'runs'}, no older ones
              </Text>
            )}
          </Group>
        </Stack>
      )}
    </Page>
  );
}
