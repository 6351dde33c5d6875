import { Group, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { Loading } from '../components/loading.tsx';
import { Page } from '../components/page.tsx';
import { Rows } from '../components/rows.tsx';
import { When } from '../components/when.tsx';
import { Told } from '../components/told.tsx';
import { api } from '../lib/api.ts';

const kinds = [
  'run.succeeded',
  'run.failed',
  'run.timed_out',
  'run.cancelled',
  'run.lost',
  'job.created',
  'job.changed',
  'job.paused',
  'job.resumed',
  'job.deleted',
  'worker.lost',
  'alert.raised',
  'alert.resolved',
];

/** What happened, newest first. */
export function EventsPage() {
  const { kind }: { kind?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const query = useInfiniteQuery({
    queryKey: ['events', kind],
    queryFn: ({ pageParam }) =>
      api.listEvents({
        query: { ...(kind === undefined ? {} : { kind }), ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title="Event log">
      <Group>
        <Select
          label="Kind"
          placeholder="All kinds"
          clearable
          data={kinds}
          value={kind ?? null}
          onChange={(value) => void navigate({ to: '/events', search: value === null ? {} : { kind: value } })}
        />
      </Group>
      {query.isError ? <ErrorPanel error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Loading /> : null}
      {query.isSuccess && items.length === 0 ? <EmptyState title="Nothing of this kind has happened." /> : null}
      {items.length === 0 ? null : (
        <Rows
          label="Events"
          items={items}
          keyOf={(event) => event.id}
          columns={[
            { title: 'When', cell: (event) => <When at={event.at} precision="second" /> },
            {
              title: 'What',
              cell: (event) =>
                event.run_id === null ? (
                  event.text
                ) : (
                  <Link to="/runs/$id" params={{ id: event.run_id }} className="jtp-link">
                    <Told text={event.text} />
                  </Link>
                ),
            },
            { title: 'Kind', cell: (event) => <code>{event.kind}</code> },
            { title: 'By', cell: (event) => event.actor ?? 'system' },
          ]}
        />
      )}
      <LoadMore query={query} />
    </Page>
  );
}
