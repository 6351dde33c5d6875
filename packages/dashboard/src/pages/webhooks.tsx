import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows } from '../components/rows.tsx';
import { Look } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { WebhookDialog } from '../features/webhooks/webhook-dialog.tsx';
import { webhookLook } from '../features/webhooks/webhook-state.ts';
import { api } from '../lib/api.ts';

/** Other programs that are told of events. */
export function WebhooksPage() {
  const [isAdding, setAdding] = useState(false);
  const query = useQuery({ queryKey: ['webhooks'], queryFn: () => api.listWebhooks(), refetchInterval: 10_000 });
  const add = <Button onClick={() => setAdding(true)}>Add webhook</Button>;
  return (
    <Page title="Webhooks" acts={query.data?.items.length === 0 ? undefined : add}>
      <Panel title="Endpoints">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="No webhook yet."
                text="A webhook tells another program what happened: a signed message for each event, sent until it arrives."
              >
                {add}
              </EmptyState>
            ) : (
              <Rows
                label="Webhooks"
                items={items}
                keyOf={(webhook) => webhook.id}
                columns={[
                  {
                    title: 'Name',
                    cell: (webhook) => (
                      <Link to="/admin/webhooks/$id" params={{ id: webhook.id }} className="jtp-link jtp-cell-name">
                        {webhook.name}
                      </Link>
                    ),
                  },
                  { title: 'State', cell: (webhook) => <Look look={webhookLook(webhook)} /> },
                  { title: 'Hears', cell: (webhook) => webhook.kinds.join(', ') },
                  { title: 'Address', cell: (webhook) => <span className="jtp-break">{webhook.url}</span> },
                  { title: 'Failing since', cell: (webhook) => <When at={webhook.failing_since} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Text size="sm" c="dimmed">
        A message is tried again for five days, less and less often. A receiver that is slow or away delays no run.
      </Text>
      {isAdding ? <WebhookDialog webhook={null} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
