import { deliveryStates } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { Job } from './job.ts';
import { Run } from './run.ts';

const Name = z.string().min(1).max(100);
const Url = z.string().min(1).max(8192);
const Kinds = z
  .array(z.string().max(50))
  .max(50)
  .describe('Kinds of events such as `run.failed`, or groups as `run.*`.');

export const WebhookInput = z
  .strictObject({
    name: Name,
    url: Url,
    kinds: Kinds.optional().describe('Failures and alerts when absent.'),
  })
  .meta({ id: 'WebhookRequest' });
export type WebhookInput = z.input<typeof WebhookInput>;

export const WebhookPatch = z
  .strictObject({ name: Name.optional(), url: Url.optional(), kinds: Kinds.optional(), active: z.boolean().optional() })
  .meta({ id: 'WebhookChange' });

/** An address of another program that is told of events. Its secret is told once, when it is made. */
export const Webhook = z
  .object({
    id: Uuid,
    name: z.string(),
    url: z.string(),
    kinds: z.array(z.string()),
    active: z.boolean(),
    off_reason: z
      .enum(['person', 'gone', 'failing'])
      .nullable()
      .describe('`gone`: the receiver answered 410; `failing`: five days without a success.'),
    failing_since: Instant.nullable().describe('First failure since the last success.'),
    former_secret_until: Instant.nullable().describe('Until then the secret before this one signs too.'),
    dropped: z.int().describe('Events that were not kept for it because 10,000 waited already.'),
    created_at: Instant,
    updated_at: Instant,
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.infer<typeof Webhook>;

export const WebhookMade = Webhook.extend({
  secret: z.string().describe('`whsec_…`, told only now.'),
}).meta({ id: 'WebhookMade' });
export type WebhookMade = z.infer<typeof WebhookMade>;

export const WebhookKinds = z.object({
  items: z.array(z.string()),
  default: z.array(z.string()).describe('What an endpoint hears that does not say.'),
});

/** One event for one endpoint, and how it went. */
export const WebhookDelivery = z
  .object({
    id: Uuid,
    message_id: z.string().describe('The `webhook-id` of every try.'),
    kind: z.string(),
    state: z.enum(deliveryStates),
    attempts: z.int(),
    next_at: Instant.nullable(),
    created_at: Instant,
    tries: z
      .array(
        z.object({
          at: Instant,
          status: z.int().nullable(),
          error: z.string().nullable(),
          answer: z.string().nullable().describe('How the answer began.'),
          took_seconds: z.number(),
        }),
      )
      .describe('The last twenty, oldest first.'),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** What is posted to an endpoint. Fields may be added within a version, never taken away. */
export const WebhookMessage = z
  .object({
    type: z.string().describe('The kind of the event, such as `run.failed`.'),
    version: z.literal(1),
    at: Instant.describe('When it happened.'),
    data: z.object({
      run: Run.omit({ parameters: true }).nullable(),
      job: Job.pick({
        id: true,
        name: true,
        description: true,
        type: true,
        tags: true,
        active: true,
        version: true,
        queue: true,
        priority: true,
      })
        .nullable()
        .describe('Without its configuration, which may hold secrets.'),
      alert: z.record(z.string(), z.unknown()).nullable().describe('Of `alert.raised` and `alert.resolved`.'),
      monitor: z.record(z.string(), z.unknown()).nullable().describe('Of `monitor.down` and `monitor.up`.'),
      actor: z.string().nullable().describe('Who did it; null for the portal itself.'),
      details: z.record(z.string(), z.unknown()).describe('What else is known of it, by kind.'),
    }),
  })
  .meta({ id: 'WebhookMessage' });
export type WebhookMessage = z.infer<typeof WebhookMessage>;
