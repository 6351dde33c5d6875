import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job, Run, RunsBulkRequest } from 'job-trigger-contract';
import { EmptyState } from '../components/empty-state.tsx';
import { ListState } from '../components/list-state.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { Page } from '../components/page.tsx';
import { useSelection } from '../components/use-selection.ts';
import { BulkBar } from '../features/bulk/bulk-bar.tsx';
import type { SendBulk } from '../features/bulk/use-bulk.ts';
import { useAddress } from '../features/runs/address.ts';
import { filterOf, filterWords, queryOf, unfiltered } from '../features/runs/run-filter.ts';
import { RunFilters } from '../features/runs/run-filters.tsx';
import { RunList } from '../features/runs/run-list.tsx';
import { api } from '../lib/api.ts';
import { serverNow } from '../lib/clock.ts';
import { useGoOn } from '../lib/go-on.ts';

const nameIn = (jobs: readonly Pick<Job, 'id' | 'name'>[], id: string | null): string | undefined =>
  jobs.find((job) => job.id === id)?.name;

const itemsOf = (data: { readonly pages: readonly { readonly items: readonly Run[] }[] } | undefined): readonly Run[] =>
  data?.pages.flatMap((page) => page.items) ?? [];

function NoRuns({ narrowedTo, clear }: { readonly narrowedTo: readonly string[]; readonly clear: () => void }) {
  if (narrowedTo.length > 0)
    return (
      <EmptyState title="No run matches" text={`Shown are only runs with ${narrowedTo.join(', ')}.`}>
        <Button variant="default" onClick={clear}>
          Clear filters
        </Button>
      </EmptyState>
    );
  return (
    <EmptyState
      title="No runs yet"
      text="Every run of every job will be here, with what it wrote and why it ran. For example: run a job now, or wait for its next instant."
    >
      <Link to="/jobs" className="jtp-link">
        Open jobs
      </Link>
    </EmptyState>
  );
}

/** Two runs of one job lead to what differs between them, the newer one first. */
function CompareLink({ runs }: { readonly runs: readonly Run[] }) {
  const [newer, older, third] = runs;
  if (newer === undefined || older === undefined || third !== undefined || newer.job_id !== older.job_id) return null;
  return (
    <Link to="/runs/$id" params={{ id: newer.id }} search={{ tab: 'compare', with: older.id }} className="jtp-link">
      Compare the two
    </Link>
  );
}

function NoOlder({ count }: { readonly count: number }) {
  return (
    <Text size="sm" c="dimmed">
      {count} {count === 1 ? 'run' : 'runs'}, no older ones
    </Text>
  );
}

function useRuns(filter: ReturnType<typeof filterOf>) {
  return useInfiniteQuery({
    queryKey: ['runs', 'list', filter],
    queryFn: ({ pageParam }) =>
      api.listRuns({
        query: { ...queryOf(filter, serverNow()), ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });
}

/** Jobs by name, to choose from. */
function useJobNames() {
  const jobs = useQuery({
    queryKey: ['jobs', 'names'],
    queryFn: () => api.listJobs({ query: { limit: 500, sort: 'name' } }),
    staleTime: 60_000,
  });
  return jobs.data?.items ?? [];
}

/** All runs, newest first, narrowed by what stands in the address. */
export function RunsPage() {
  const [address, change] = useAddress();
  const filter = filterOf(address);
  const runs = useRuns(filter);
  const names = useJobNames();
  const words = filterWords(filter, nameIn(names, filter.jobId));
  const items = itemsOf(runs.data);
  const looks = useGoOn(runs, items.length);
  const selection = useSelection(items.map((run) => run.id));
  const send: SendBulk = (act, wanted, dryRun) => {
    const { limit: _limit, ...matching } = queryOf(filter, serverNow());
    return api.bulkRuns({
      body: {
        act: act as RunsBulkRequest['act'],
        ...('ids' in wanted ? wanted : { filter: matching }),
        dry_run: dryRun,
      },
    });
  };
  return (
    <Page title="Runs">
      <RunFilters filter={filter} jobs={names} change={change} active={words.length > 0} />
      <ListState query={runs} count={items.length} looks={looks} rows={8}>
        <NoRuns narrowedTo={words} clear={() => change(unfiltered)} />
      </ListState>
      {items.length === 0 ? null : (
        <Stack gap="sm">
          <RunList runs={items} selection={selection} />
          <BulkBar selection={selection} noun="run" acts={['cancel', 'retry']} hasMore={runs.hasNextPage} send={send}>
            <CompareLink runs={items.filter((run) => selection.ids.has(run.id))} />
          </BulkBar>
          <Group justify="center">
            <LoadMore query={runs} />
            {runs.hasNextPage ? null : <NoOlder count={items.length} />}
          </Group>
        </Stack>
      )}
    </Page>
  );
}
