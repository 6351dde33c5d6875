import { Alert, Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Webhook } from 'job-trigger-contract';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Look } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { DeliveryList } from '../features/webhooks/delivery-list.tsx';
import { WebhookActs } from '../features/webhooks/webhook-acts.tsx';
import { webhookLook, webhookRemark } from '../features/webhooks/webhook-state.ts';
import { api } from '../lib/api.ts';
import { useNow } from '../lib/store.ts';

function Facts({ webhook }: { readonly webhook: Webhook }) {
  const remark = webhookRemark(webhook);
  const now = useNow('half-minute');
  return (
    <Stack gap="sm">
      {remark === null ? null : (
        <Alert variant="outline" className="jtp-alert">
          {remark}
        </Alert>
      )}
      <Group gap="md">
        <Look look={webhookLook(webhook)} />
        <Text size="sm" className="jtp-break">
          {webhook.url}
        </Text>
      </Group>
      <Group gap="xs">
        {webhook.kinds.map((kind) => (
          <Badge key={kind} variant="default" tt="none">
            {kind}
          </Badge>
        ))}
      </Group>
      <Text size="sm" c="dimmed">
        Made <When at={webhook.created_at} />
        {webhook.failing_since === null ? null : (
          <>
            {' · failing since '}
            <When at={webhook.failing_since} />
          </>
        )}
        {webhook.former_secret_until === null || Date.parse(webhook.former_secret_until) < now ? null : (
          <>
            {' · the former secret signs until '}
            <When at={webhook.former_secret_until} planned />
          </>
        )}
      </Text>
    </Stack>
  );
}

/** One endpoint: what it hears, how it is, what was sent to it. */
export function WebhookPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['webhooks', id],
    queryFn: () => api.getWebhook({ params: { id } }),
    refetchInterval: 10_000,
  });
  return (
    <Loaded query={query}>
      {(webhook) => (
        <Page
          title={webhook.name}
          crumbs={
            <Link to="/admin/webhooks" className="jtp-link">
              Webhooks
            </Link>
          }
          acts={<WebhookActs webhook={webhook} />}
        >
          <Panel title="Endpoint">
            <Facts webhook={webhook} />
          </Panel>
          <Panel title="Deliveries">
            <DeliveryList id={webhook.id} />
          </Panel>
        </Page>
      )}
    </Loaded>
  );
}
