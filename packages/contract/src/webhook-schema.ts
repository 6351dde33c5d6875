import { z } from 'zod';
import { WebhookMessage } from './shapes/webhook.ts';

/** The shape of what is posted to webhooks, as JSON Schema for whoever receives it. */
export function webhookMessageSchema(): unknown {
  return z.toJSONSchema(WebhookMessage, { target: 'draft-2020-12', io: 'output' });
}
