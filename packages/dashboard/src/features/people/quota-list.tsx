import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { QuotaUses } from 'job-trigger-contract';
import { Loaded } from '../../components/loaded.tsx';
import { Rows } from '../../components/rows.tsx';
import { Look } from '../../components/state-badge.tsx';
import { api } from '../../lib/api.ts';

type Use = QuotaUses['items'][number];

const labels: Readonly<Record<Use['kind'], string>> = {
  jobs: 'Jobs',
  schedules: 'Schedules',
  waiting_runs: 'Waiting runs',
};

const count = new Intl.NumberFormat('en');
/** From here on it is told, while there is still room. */
const nearly = 0.9;

function Room({ held, limit }: Use) {
  if (limit === null) return <span>No limit</span>;
  if (held >= limit) return <Look look={{ label: 'Full', group: 'failed', icon: 'cross' }} />;
  if (held >= limit * nearly) return <Look look={{ label: 'Nearly full', group: 'attention', icon: 'warning' }} />;
  return <span>{count.format(limit - held)} left</span>;
}

/** How much of what one person may hold is used: of somebody, or of whoever asks. */
export function QuotaList({ personId = null }: { readonly personId?: string | null }) {
  const query = useQuery({
    queryKey: ['quota', personId],
    queryFn: () => (personId === null ? api.ownQuota() : api.userQuota({ params: { id: personId } })),
    refetchInterval: 30_000,
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <>
          <Rows
            label="Quotas"
            items={items}
            keyOf={({ kind }) => kind}
            columns={[
              { title: 'What', cell: ({ kind }) => <span className="jtp-cell-name">{labels[kind]}</span> },
              { title: 'Held', cell: ({ held }) => count.format(held) },
              { title: 'At most', cell: ({ limit }) => (limit === null ? '—' : count.format(limit)) },
              { title: 'Room', cell: (use) => <Room {...use} /> },
            ]}
          />
          <Text size="sm" c="dimmed" mt="xs">
            Jobs that belong to one person, their schedules, and what waits in them, whichever key made it. What is full
            takes no more on request; schedules go on. The limits are settings:{' '}
            {items.map((use) => use.setting).join(', ')}.
          </Text>
        </>
      )}
    </Loaded>
  );
}
