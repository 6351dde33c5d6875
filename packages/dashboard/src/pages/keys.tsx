import { Button, SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Key } from 'job-trigger-contract';
import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows, type RowColumn } from '../components/rows.tsx';
import { When } from '../components/when.tsx';
import { KeyActs } from '../features/keys/key-acts.tsx';
import { KeyDialog } from '../features/keys/key-dialog.tsx';
import { useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';
import { useNow } from '../lib/store.ts';

/** Why a key does less than it says; null when it does not. */
function remark({ expires_at, scopes, scopes_in_force: inForce, unused }: Key, now: number): string | null {
  if (Date.parse(expires_at) <= now) return 'Expired: it is refused.';
  const lacking = scopes.filter((scope) => !inForce.includes(scope));
  if (lacking.length > 0) return `The role of its owner does not allow ${lacking.join(', ')}.`;
  return unused ? 'Not used for 60 days.' : null;
}

const columns = (now: number, isAll: boolean): readonly RowColumn<Key>[] => [
  {
    title: 'Name',
    cell: (item) => {
      const said = remark(item, now);
      return (
        <>
          <span className="jtp-cell-name jtp-break">{item.name}</span>
          {said === null ? null : (
            <Text size="sm" c="dimmed">
              {said}
            </Text>
          )}
        </>
      );
    },
  },
  ...(isAll ? [{ title: 'Owner', cell: ({ owner, mine }: Key) => (mine ? 'you' : (owner?.name ?? '—')) }] : []),
  { title: 'May', cell: ({ scopes }) => scopes.join(', ') },
  {
    title: 'From',
    cell: ({ addresses }) => (
      <span className="jtp-break">{addresses.length === 0 ? 'anywhere' : addresses.join(', ')}</span>
    ),
  },
  {
    title: 'Good until',
    cell: ({ expires_at, former_until }) => (
      <>
        <When at={expires_at} planned />
        {former_until === null ? null : (
          <Text size="sm" c="dimmed">
            the one before until <When at={former_until} planned />
          </Text>
        )}
      </>
    ),
  },
  { title: 'Last used', cell: ({ last_used_at }) => <When at={last_used_at} none="never" /> },
  { title: 'Act', cell: (item) => <KeyActs item={item} /> },
];

/** Keys of programs: one's own, for administrators those of everybody. */
export function KeysPage() {
  const [isMaking, setMaking] = useState(false);
  const { of }: { of?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const now = useNow('half-minute');
  const role = useSession().data?.person?.role ?? 'viewer';
  const isAll = of === 'all' && role === 'admin';
  const query = useQuery({
    queryKey: ['keys', isAll],
    queryFn: () => api.listKeys(isAll ? { query: { all: 'true' } } : {}),
    refetchInterval: 30_000,
  });
  const make = <Button onClick={() => setMaking(true)}>Make a key</Button>;
  return (
    <Page title="Keys" acts={make}>
      {role === 'admin' ? (
        <div>
          <SegmentedControl
            aria-label="Whose keys"
            data={[
              { value: 'mine', label: 'Mine' },
              { value: 'all', label: 'Everybody’s' },
            ]}
            value={isAll ? 'all' : 'mine'}
            onChange={(value) => void navigate({ to: '.', search: value === 'all' ? { of: 'all' } : {} })}
          />
        </div>
      ) : null}
      <Panel title={isAll ? 'Keys of everybody' : 'Your keys'}>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="No key yet."
                text="A key lets a program act for you: to run a job when a build is done, or to read what ran."
              />
            ) : (
              <Rows label="Keys" items={items} keyOf={({ id }) => id} columns={columns(now, isAll)} />
            )
          }
        </Loaded>
      </Panel>
      <Text size="sm" c="dimmed">
        A key does what its scopes and your role allow, and never more. Blackouts, maintenance and the other gates hold
        for what it runs.
      </Text>
      {isMaking ? <KeyDialog role={role} onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}
