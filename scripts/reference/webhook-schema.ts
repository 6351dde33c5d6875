import { WebhookMessage } from 'job-trigger-contract';
import { z } from 'zod';

/** The shape of what is posted to webhooks, as JSON Schema for whoever receives it. */
export function webhookSchema(): string {
  const schema = z.toJSONSchema(WebhookMessage, { target: 'draft-2020-12', io: 'output' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
