import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Reason } from '../components/reason.tsx';
import { Rows } from '../components/rows.tsx';
import { When } from '../components/when.tsx';
import { api } from '../lib/api.ts';

/** What waits, in the order it will be claimed, and why. */
export function QueuePage() {
  const query = useQuery({ queryKey: ['queue'], queryFn: () => api.queue(), refetchInterval: 10_000 });
  return (
    <Page title="Queue">
      <Loaded query={query}>
        {({ items, queued, running, oldest_queued_at }) => (
          <>
            <Text size="sm">
              {queued} waiting, {running} running.{' '}
              {oldest_queued_at === null ? null : (
                <>
                  Oldest since <When at={oldest_queued_at} />.
                </>
              )}
            </Text>
            {items.length === 0 ? (
              <EmptyState title="Nothing waits." text="Runs appear here until a worker has a slot for them." />
            ) : (
              <Rows
                label="Waiting runs"
                items={items}
                keyOf={({ run }) => run.id}
                columns={[
                  {
                    title: 'Job',
                    cell: ({ run }) => (
                      <Link to="/runs/$id" params={{ id: run.id }} className="jtp-link jtp-cell-name">
                        {run.job_name}
                      </Link>
                    ),
                  },
                  { title: 'Position', cell: ({ position }) => position },
                  { title: 'Why it waits', cell: ({ run }) => <Reason code={run.reason} text={run.reason_text} /> },
                  { title: 'Waiting since', cell: ({ run }) => <When at={run.created_at} precision="second" /> },
                  { title: 'Queue', cell: ({ run }) => run.queue },
                  { title: 'Priority', cell: ({ run }) => run.priority },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
