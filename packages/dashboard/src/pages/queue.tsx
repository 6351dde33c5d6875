import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { When } from '../components/when.tsx';
import { LimitList } from '../features/limits/limit-list.tsx';
import { LockList } from '../features/limits/lock-list.tsx';
import { QueueList } from '../features/limits/queue-list.tsx';
import { WaitingList } from '../features/limits/waiting-list.tsx';
import { api } from '../lib/api.ts';

const often = { refetchInterval: 10_000 };

/** What waits, in the order it will be claimed, and why; and what limits it. */
export function QueuePage() {
  const waiting = useQuery({ queryKey: ['queue'], queryFn: () => api.queue(), ...often });
  const queues = useQuery({ queryKey: ['queues'], queryFn: () => api.listQueues(), ...often });
  const locks = useQuery({ queryKey: ['locks'], queryFn: () => api.listLocks(), ...often });
  const limits = useQuery({ queryKey: ['limits'], queryFn: () => api.limits(), ...often });
  return (
    <Page title="Queue">
      <Panel title="Waiting">
        <Loaded query={waiting}>
          {({ items, queued, running, oldest_queued_at }) => (
            <>
              <Text size="sm" mb="sm">
                {queued} waiting, {running} running.{' '}
                {oldest_queued_at === null ? null : (
                  <>
                    Oldest since <When at={oldest_queued_at} />.
                  </>
                )}
                {items.length < queued ? ` The first ${items.length} are shown.` : null}
              </Text>
              {items.length === 0 ? (
                <EmptyState title="Nothing waits." text="Runs appear here until a worker has a slot for them." />
              ) : (
                <WaitingList items={items} />
              )}
            </>
          )}
        </Loaded>
      </Panel>
      <Panel title="Queues">
        <Loaded query={queues}>{({ items }) => <QueueList items={items} />}</Loaded>
      </Panel>
      <Panel title="Locks">
        <Loaded query={locks}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm">
                No run has needed a lock. Jobs that name the same lock never run at the same time; name it in the job
                editor, under Rules.
              </Text>
            ) : (
              <LockList items={items} />
            )
          }
        </Loaded>
      </Panel>
      <Panel title="Limits">
        <Loaded query={limits}>{(known) => <LimitList limits={known} />}</Loaded>
      </Panel>
    </Page>
  );
}
