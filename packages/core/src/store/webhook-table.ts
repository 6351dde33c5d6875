import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Delivery, DeliveryState, DeliveryTry, OffReason, Webhook } from '../model/webhook.ts';
import type { Page, PageRequest } from './job-tables.ts';

/** What a sender found out about an endpoint. */
interface EndpointOutcome {
  /** Null after a success. */
  readonly failingSince: Instant | null;
  /** Set when it is to be switched off. */
  readonly off: OffReason | null;
}

export interface WebhookTable {
  /** @throws `name_taken` */
  insert(webhook: Webhook): Promise<void>;
  /** What people may change. @returns false when it is gone. @throws `name_taken` */
  update(webhook: Webhook): Promise<boolean>;
  /** @returns false when it was off already, or is gone */
  noteOutcome(id: Id, outcome: EndpointOutcome): Promise<boolean>;
  /** With its deliveries. @returns false when there was none */
  remove(id: Id): Promise<boolean>;
  get(id: Id): Promise<Webhook | null>;
  /** By name. */
  list(): Promise<readonly Webhook[]>;
  count(): Promise<number>;

  /**
   * Adds deliveries, each event once for an endpoint. Those beyond `mostWaiting` of an endpoint are counted as dropped.
   * @returns how many were new
   */
  enqueue(deliveries: readonly Delivery[], mostWaiting: number): Promise<number>;
  /** When the endpoint's next delivery is due; null when none waits. */
  nextAt(webhookId: Id): Promise<Instant | null>;
  /** Takes due deliveries for `leaseMs`: nobody else tries them meanwhile, and everybody may when it is over. */
  claim(webhookId: Id, limit: number, leaseMs: Millis): Promise<readonly Delivery[]>;
  /** Notes a try. Only while nobody has settled it otherwise since it was claimed. */
  settle(
    delivery: Delivery,
    outcome: { readonly state: DeliveryState; readonly nextAt: Instant | null; readonly tried: DeliveryTry },
  ): Promise<boolean>;
  /** Sends it once more, now, under the same id. @returns false when there is none */
  again(webhookId: Id, id: Id): Promise<boolean>;
  delivery(webhookId: Id, id: Id): Promise<Delivery | null>;
  /** Newest first. */
  deliveries(webhookId: Id, page: PageRequest): Promise<Page<Delivery>>;
  /** Ended deliveries made before. */
  prune(before: Instant): Promise<number>;
}
