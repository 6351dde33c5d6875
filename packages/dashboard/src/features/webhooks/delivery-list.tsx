import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { WebhookDelivery } from 'job-trigger-contract';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { LoadMore } from '../../components/load-more.tsx';
import { Loading } from '../../components/loading.tsx';
import { Rows } from '../../components/rows.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { DeliveryBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { durationText } from '../../lib/time.ts';

function LastTry({ delivery }: { readonly delivery: WebhookDelivery }) {
  const last = delivery.tries.at(-1);
  if (last === undefined) return <>—</>;
  return (
    <>
      <When at={last.at} precision="second" /> · {last.error ?? `${last.status} in ${durationText(last.took_seconds)}`}
      {last.answer === null ? null : (
        <Text size="xs" c="dimmed" className="jtp-break" lineClamp={2}>
          {last.answer}
        </Text>
      )}
    </>
  );
}

/** What was sent to an endpoint, newest first, each to be sent again. */
export function DeliveryList({ id }: { readonly id: string }) {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ['webhooks', id, 'deliveries'],
    queryFn: ({ pageParam }) =>
      api.listDeliveries({
        params: { id },
        query: { limit: 25, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 5000,
  });
  const again = useMutation({
    mutationFn: (delivery: string) => api.redeliver({ params: { id, delivery_id: delivery } }),
    onSuccess: () => {
      sayDone('It is sent again.');
      void client.invalidateQueries({ queryKey: ['webhooks', id] });
    },
    onError: sayFailed,
  });
  if (query.isPending) return <Loading rows={4} />;
  if (query.isError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0)
    return <EmptyState title="Nothing was sent yet." text="A test posts a marked message at once." />;
  return (
    <>
      <Rows
        label="Deliveries"
        items={items}
        keyOf={(delivery) => delivery.id}
        columns={[
          { title: 'Event', cell: (delivery) => <span className="jtp-cell-name">{delivery.kind}</span> },
          { title: 'State', cell: (delivery) => <DeliveryBadge state={delivery.state} /> },
          { title: 'Tries', cell: (delivery) => delivery.attempts },
          { title: 'Last try', cell: (delivery) => <LastTry delivery={delivery} /> },
          { title: 'Next try', cell: (delivery) => <When at={delivery.next_at} precision="second" planned /> },
          {
            title: 'Act',
            cell: (delivery) => (
              <Button
                size="xs"
                variant="default"
                aria-label={`Send ${delivery.kind} again`}
                onClick={() => again.mutate(delivery.id)}
              >
                Send again
              </Button>
            ),
          },
        ]}
      />
      <Group justify="center" mt="sm">
        <LoadMore query={query} />
      </Group>
    </>
  );
}
