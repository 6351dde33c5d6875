/** Webhooks going out: their rows for people, and the message that is posted. */
import {
  formatInstant,
  webhookMessageId,
  toUuid,
  type Delivery,
  type EventSubject,
  type Webhook as CoreWebhook,
} from 'job-trigger-core';
import type { Webhook, WebhookDelivery, WebhookMessage } from '../shapes/webhook.ts';
import { runToWire } from './out.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

export function webhookToWire(webhook: CoreWebhook): Webhook {
  return {
    id: toUuid(webhook),
    name: webhook.name,
    url: webhook.url,
    kinds: [...webhook.kinds],
    active: webhook.active,
    off_reason: webhook.offReason,
    failing_since: instant(webhook.failingSince),
    former_secret_until: instant(webhook.formerUntil),
    dropped: webhook.dropped,
    created_at: formatInstant(webhook.createdAt),
    updated_at: formatInstant(webhook.updatedAt),
  };
}

export function deliveryToWire(delivery: Delivery): WebhookDelivery {
  return {
    id: toUuid(delivery),
    message_id: webhookMessageId(delivery),
    kind: delivery.kind,
    state: delivery.state,
    attempts: delivery.attempts,
    next_at: instant(delivery.nextAt),
    created_at: formatInstant(delivery.createdAt),
    tries: delivery.tries.map(({ at, status, error, answer, tookMs }) => ({
      at: formatInstant(at),
      status,
      error,
      answer,
      took_seconds: tookMs / 1000,
    })),
  };
}

/** The message of an event: run and job as REST tells them, without what may hold secrets. */
export function eventMessage({ event, run, job, schedules, workers }: EventSubject): WebhookMessage {
  const [noun] = event.kind.split('.');
  return {
    type: event.kind,
    version: 1,
    at: formatInstant(event.at),
    data: {
      run: run === null ? null : withoutParameters(runToWire(run, { schedules, workers })),
      job: job === null ? null : jobInBrief(job),
      alert: noun === 'alert' ? { ...event.data } : null,
      monitor: noun === 'monitor' ? { ...event.data } : null,
      actor: event.actor,
      details: { ...event.data },
    },
  };
}

function withoutParameters(wire: ReturnType<typeof runToWire>): WebhookMessage['data']['run'] {
  const { parameters, ...run } = wire;
  void parameters;
  return run;
}

function jobInBrief(job: NonNullable<EventSubject['job']>): WebhookMessage['data']['job'] {
  const { name, description, type, tags, queue, priority } = job.definition;
  const { active, version } = job;
  return { id: toUuid(job), name, description, type, tags: [...tags], active, version, queue, priority };
}
