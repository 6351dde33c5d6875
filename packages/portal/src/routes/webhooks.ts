import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { deliveryToWire, webhookToWire } from 'job-trigger-contract/mapping';
import { defaultWebhookKinds, webhookKinds, type WebhookChange, type WebhookInput } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

interface Given {
  readonly name?: string | undefined;
  readonly url?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
}

/** Without the fields that were not given: absent is unchanged. */
const given = ({ name, url, kinds, active }: Given): WebhookChange => ({
  ...(name === undefined ? {} : { name }),
  ...(url === undefined ? {} : { url }),
  ...(kinds === undefined ? {} : { kinds }),
  ...(active === undefined ? {} : { active }),
});

/** Endpoints of other programs. Secrets go out only where they are made. */
export function webhookRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  const { webhooks } = operations;
  const idOf = (uuid: string): number => referenceOf(uuid, 'webhook').id;

  serve(app, endpoints.listWebhooks, async () => ({ items: (await webhooks.list()).map(webhookToWire) }));
  serve(app, endpoints.webhookKinds, () => ({ items: [...webhookKinds], default: [...defaultWebhookKinds] }));
  serve(app, endpoints.createWebhook, async ({ body, actor, reply }) => {
    const input: WebhookInput = { ...given(body), name: body.name, url: body.url };
    const { webhook, secret } = await webhooks.create(input, actor);
    const made = webhookToWire(webhook);
    void reply.header('location', `/api/webhooks/${made.id}`);
    return { ...made, secret };
  });
  serve(app, endpoints.getWebhook, async ({ params }) => webhookToWire(await webhooks.get(idOf(params.id))));
  serve(app, endpoints.patchWebhook, async ({ params, body, actor }) =>
    webhookToWire(await webhooks.change(idOf(params.id), given(body), actor)),
  );
  serve(app, endpoints.deleteWebhook, async ({ params, actor }) => {
    await webhooks.remove(idOf(params.id), actor);
    return undefined;
  });
  serve(app, endpoints.testWebhook, async ({ params, actor }) =>
    deliveryToWire(await webhooks.test(idOf(params.id), actor)),
  );
  serve(app, endpoints.rotateWebhook, async ({ params, actor }) => {
    const { webhook, secret } = await webhooks.rotate(idOf(params.id), actor);
    return { ...webhookToWire(webhook), secret };
  });
  serve(app, endpoints.listDeliveries, async ({ params, query }) => {
    const page = await webhooks.deliveries(idOf(params.id), { limit: query.limit, after: query.cursor ?? null });
    return { items: page.items.map(deliveryToWire), next_cursor: page.next, limit: query.limit };
  });
  serve(app, endpoints.redeliver, async ({ params, actor }) =>
    deliveryToWire(await webhooks.redeliver(idOf(params.id), referenceOf(params.delivery_id, 'delivery').id, actor)),
  );
}
