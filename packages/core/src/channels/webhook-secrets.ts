import { toUuid } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { webhookPlace } from '../model/sealed-place.ts';
import type { Delivery, Webhook } from '../model/webhook.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

/** What signs now, in the clear: the newest first. @throws `secret_unreadable` */
export function secretsInForce(webhook: Webhook, now: Instant, box: SecretBox): readonly string[] {
  const { id, secret, formerSecret, formerUntil } = webhook;
  const former = formerSecret !== null && formerUntil !== null && formerUntil > now ? [formerSecret] : [];
  return [secret, ...former].map((sealed) => box.open(sealed, webhookPlace(id)));
}

/** The `webhook-id` of a delivery, the same at every try. */
export const messageId = (delivery: Pick<Delivery, 'id' | 'createdAt'>): string => `msg_${toUuid(delivery)}`;
