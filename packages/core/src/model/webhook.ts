/** Endpoints of other programs that are told of events, and what is to be told to each. */
import type { Id } from './id.ts';
import type { Instant, Millis } from './instant.ts';

/** Kinds of events that an endpoint may ask for. `run.*` asks for a whole group, also for kinds that come later. */
export const webhookKinds = [
  'run.succeeded',
  'run.failed',
  'run.timed_out',
  'run.cancelled',
  'run.lost',
  'alert.raised',
  'alert.resolved',
  'worker.lost',
  'monitor.down',
  'monitor.up',
  'job.created',
  'job.changed',
  'job.deleted',
  'job.paused',
  'job.resumed',
  'webhook.disabled',
] as const;
export type WebhookKind = (typeof webhookKinds)[number];

/** The first words of {@link webhookKinds}. */
export const webhookGroups: readonly string[] = [...new Set(webhookKinds.map((kind) => kind.split('.')[0] ?? ''))];

/** What a new endpoint hears of when it does not say: failures and alerts. */
export const defaultWebhookKinds: readonly string[] = [
  'run.failed',
  'run.timed_out',
  'run.lost',
  'alert.raised',
  'alert.resolved',
];

/** Whether an endpoint may ask for this: a kind, or a group as `run.*`. */
export function isWebhookPattern(text: string): boolean {
  const [group = '', rest] = text.split('.');
  return (webhookKinds as readonly string[]).includes(text) || (rest === '*' && webhookGroups.includes(group));
}

/** Whether one of the patterns names the kind. */
export function hearsOf(patterns: readonly string[], kind: string): boolean {
  return patterns.includes(kind) || patterns.includes(`${kind.split('.')[0]}.*`);
}

/** Why nothing is sent: a person said so, the receiver answered 410, or it failed for five days. */
export type OffReason = 'person' | 'gone' | 'failing';

export interface Webhook {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Unique, whatever the case. */
  readonly name: string;
  readonly url: string;
  /** As {@link isWebhookPattern} knows them. */
  readonly kinds: readonly string[];
  readonly active: boolean;
  /** Null while it is on. */
  readonly offReason: OffReason | null;
  /** Only events with a higher id are told: what happened before, or while it was off, is not. */
  readonly sinceEvent: number;
  /** Sealed. */
  readonly secret: string;
  /** Sealed; signs besides the new one until `formerUntil`. */
  readonly formerSecret: string | null;
  readonly formerUntil: Instant | null;
  /** The first failure since the last success; null when the last one was a success. */
  readonly failingSince: Instant | null;
  /** Events that were not kept for it because too many waited already. */
  readonly dropped: number;
}

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One try of a delivery. */
export interface DeliveryTry {
  readonly at: Instant;
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Null for a success. */
  readonly error: string | null;
  /** How the answer began. */
  readonly answer: string | null;
  readonly tookMs: Millis;
}

export interface Delivery {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly webhookId: Id;
  /** Null for a test. */
  readonly eventId: number | null;
  readonly kind: string;
  /** The very bytes that are sent, whenever that is. */
  readonly body: string;
  readonly state: DeliveryState;
  /** When it is tried next; moved ahead while somebody tries. Null once it has ended. */
  readonly nextAt: Instant | null;
  readonly attempts: number;
  /** The last twenty, oldest first. */
  readonly tries: readonly DeliveryTry[];
}
