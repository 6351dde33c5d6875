/**
 * Tells other programs what happened, later, from the event rows: what matches an endpoint becomes a delivery, and
 * deliveries are posted until they arrive or are too old. Any number may race: an event is one delivery for an endpoint,
 * and a delivery is taken for a while before it is posted. Whoever dies in between lets it be posted again, under the
 * same id. Nothing here is awaited by anything that plans or runs.
 */
import type { Sent } from '../channels/channel.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { webhookChannel } from '../channels/webhook.ts';
import { messageId, secretsInForce } from '../channels/webhook-secrets.ts';
import type { AllowList } from '../handlers/address.ts';
import type { AddressResolver } from '../handlers/http-connection.ts';
import { toUuid, type Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { hearsOf, type Delivery, type Webhook } from '../model/webhook.ts';
import { decideDelivery } from '../policy/delivery.ts';
import type { EventRow } from '../store/event-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { EventFeed } from './event-feed.ts';
import { subjectsOf, type EventSubject } from './event-subjects.ts';
import { heedChanges } from './heed-changes.ts';
import { Loop } from './loop.ts';

export interface Outgoing {
  readonly secrets: SecretBox;
  readonly allowed: AllowList;
  /** Default: the system's. */
  readonly resolve?: AddressResolver;
  /** The message of an event as it goes over the wire. */
  readonly messageOf: (subject: EventSubject) => unknown;
}

export interface DelivererOptions {
  readonly store: Store;
  readonly system: System;
  readonly outgoing: Outgoing;
}

const eventsAtOnce = 500;
const pollMs: Millis = 5000;
/** Between two passes that a bell asked for. */
const quietMs: Millis = 250;
/** How often it looks whether there is an endpoint by now. */
const idleMs: Millis = 30_000;
/** Longer than a try can take. */
const leaseMs: Millis = 60_000;
const mostSending = 8;
/** A receiver that hangs holds only these. */
const mostSendingEach = 2;
/** Waiting for one endpoint. */
const mostWaiting = 10_000;
const cursorKey = 'webhooks.cursor';
const keepCursorMs: Millis = 5000;

export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #loop: Loop;
  readonly #sending = new Map<Id, { readonly webhookId: Id; readonly done: Promise<void> }>();
  #feed: EventFeed;
  /** Endpoints that the feed was begun for, with the event after which each hears. */
  #known = new Map<Id, number>();
  #kept = { id: -1, at: -Infinity };
  #passedAt: Millis = -Infinity;
  #turn = 0;
  #stopping = new AbortController();
  #silence: () => void = () => undefined;

  constructor(options: DelivererOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#feed = this.#newFeed();
    this.#loop = new Loop({ name: 'deliverer', clock, log, pass: () => this.#pass(), patient: true });
  }

  start(): void {
    const { store, system } = this.#options;
    this.#stopping = new AbortController();
    this.#silence = heedChanges({
      store,
      system,
      quietMs,
      passedAt: () => this.#passedAt,
      wake: () => this.#loop.wake(),
    });
    this.#loop.start();
  }

  /** What is being posted is broken off, and posted again by whoever comes next. */
  async stop(): Promise<void> {
    this.#silence();
    this.#stopping.abort();
    await this.#loop.stop();
    await this.idle();
  }

  /** One pass, with everything that it posts. */
  async tick(): Promise<void> {
    await this.#loop.tick();
    await this.idle();
  }

  /** Resolves when nothing is being posted. */
  async idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all([...this.#sending.values()].map(({ done }) => done));
  }

  #newFeed(): EventFeed {
    const { store, system } = this.#options;
    return new EventFeed({ store, clock: system.clock });
  }

  async #pass(): Promise<Millis> {
    const { store, system } = this.#options;
    this.#passedAt = system.clock.mono();
    const endpoints = (await store.webhooks.list()).filter(({ active }) => active);
    if (endpoints.length === 0) {
      this.#feed = this.#newFeed();
      this.#known.clear();
      return idleMs;
    }
    await this.#follow(endpoints);
    const isMore = await this.#match(endpoints);
    const rest = await this.#sendDue(endpoints);
    return isMore ? 0 : Math.min(pollMs, rest);
  }

  /** Goes back for an endpoint that events were read past before it was known. */
  async #follow(endpoints: readonly Webhook[]): Promise<void> {
    const { store } = this.#options;
    const settled = this.#feed.settled;
    const fresh = endpoints.filter(({ id, sinceEvent }) => this.#known.get(id) !== sinceEvent);
    this.#known = new Map(endpoints.map(({ id, sinceEvent }) => [id, sinceEvent]));
    if (settled === null) {
      const kept = await store.settings.get(cursorKey);
      const earliest = Math.min(...endpoints.map(({ sinceEvent }) => sinceEvent));
      this.#feed.startAfter(Math.max(typeof kept === 'number' ? kept : 0, earliest));
      return;
    }
    const missed = fresh.map(({ sinceEvent }) => sinceEvent).filter((since) => since < settled);
    if (missed.length === 0) return;
    this.#feed = this.#newFeed();
    this.#feed.startAfter(Math.min(...missed));
  }

  /** @returns whether there are more events to read at once */
  async #match(endpoints: readonly Webhook[]): Promise<boolean> {
    const { store, system, outgoing } = this.#options;
    const events = await this.#feed.read(eventsAtOnce);
    const hearers = (event: EventRow): readonly Webhook[] =>
      endpoints.filter(({ kinds, sinceEvent }) => event.id > sinceEvent && hearsOf(kinds, event.kind));
    const heard = events.filter((event) => hearers(event).length > 0);
    const subjects = await subjectsOf(store, heard);
    const pairs = subjects.flatMap((subject) => {
      const body = JSON.stringify(outgoing.messageOf(subject));
      return hearers(subject.event).map((webhook) => ({ webhook, event: subject.event, body }));
    });
    if (pairs.length > 0) {
      const ids = await store.ids(pairs.length);
      const now = await store.now();
      const deliveries = pairs.map(({ webhook, event, body }, place): Delivery => ({
        id: ids[place] ?? 0,
        createdAt: now,
        webhookId: webhook.id,
        eventId: event.id,
        kind: event.kind,
        body,
        state: 'waiting',
        nextAt: now,
        attempts: 0,
        tries: [],
      }));
      await store.webhooks.enqueue(deliveries, mostWaiting);
    }
    await this.#keepCursor(system.clock.mono());
    return events.length >= eventsAtOnce;
  }

  /** Behind by a little is no harm: what is read again is known already. */
  async #keepCursor(mono: Millis): Promise<void> {
    const settled = this.#feed.settled;
    if (settled === null || settled === this.#kept.id || mono - this.#kept.at < keepCursorMs) return;
    await this.#options.store.settings.set(cursorKey, settled);
    this.#kept = { id: settled, at: mono };
  }

  /** Begins what is due and has room, endpoint by endpoint in turn. @returns until the next one is due */
  async #sendDue(endpoints: readonly Webhook[]): Promise<Millis> {
    const { store } = this.#options;
    this.#turn += 1;
    const first = this.#turn % endpoints.length;
    let rest = Infinity;
    for (const webhook of [...endpoints.slice(first), ...endpoints.slice(0, first)]) {
      const mine = [...this.#sending.values()].filter(({ webhookId }) => webhookId === webhook.id).length;
      const room = Math.min(mostSendingEach - mine, mostSending - this.#sending.size);
      if (room <= 0) continue;
      const nextAt = await store.webhooks.nextAt(webhook.id);
      if (nextAt === null) continue;
      const now = await store.now();
      if (nextAt > now) rest = Math.min(rest, nextAt - now);
      else for (const delivery of await store.webhooks.claim(webhook.id, room, leaseMs)) this.#begin(webhook, delivery);
    }
    return rest;
  }

  #begin(webhook: Webhook, delivery: Delivery): void {
    const { log } = this.#options.system;
    if (this.#sending.has(delivery.id)) return;
    const done = this.#deliver(webhook, delivery)
      .catch((error: unknown) => {
        // Not noted: once its time is over it is posted again.
        log.warn('webhook delivery not noted', { delivery: messageId(delivery), error: (error as Error).message });
      })
      .finally(() => {
        this.#sending.delete(delivery.id);
        this.#loop.wake();
      });
    this.#sending.set(delivery.id, { webhookId: webhook.id, done });
  }

  async #deliver(webhook: Webhook, delivery: Delivery): Promise<void> {
    const { signal } = this.#stopping;
    const sent = await this.#post(webhook, delivery, signal);
    if (!signal.aborted) await this.#note(webhook.id, delivery, sent);
  }

  async #post(webhook: Webhook, delivery: Delivery, signal: AbortSignal): Promise<Sent> {
    const { store, system, outgoing } = this.#options;
    const { clock } = system;
    let secrets: readonly string[];
    try {
      secrets = secretsInForce(webhook, await store.now(), outgoing.secrets);
    } catch (error) {
      const { message } = error as Error;
      system.log.error('webhook not signed', { webhook: webhook.name, error: message });
      const nothing = { status: null, answer: null, gone: false, retryAfterMs: null };
      return { at: clock.wall(), tookMs: 0, ok: false, error: message, ...nothing };
    }
    const channel = webhookChannel({ url: webhook.url, secrets }, { clock, ...outgoing });
    return channel.send({ id: messageId(delivery), body: delivery.body }, signal);
  }

  async #note(webhookId: Id, delivery: Delivery, sent: Sent): Promise<void> {
    const { store, system } = this.#options;
    const chance = system.random.next();
    const wasOff = await store.transaction(async (tables): Promise<Webhook | null> => {
      const webhook = await tables.webhooks.get(webhookId);
      if (webhook === null) return null;
      const now: Instant = await tables.now();
      const { createdAt, attempts } = delivery;
      const decision = decideDelivery({
        ...sent,
        now,
        createdAt,
        attempts,
        failingSince: webhook.failingSince,
        chance,
      });
      const { at, status, error, answer, tookMs } = sent;
      await tables.webhooks.settle(delivery, { ...decision, tried: { at, status, error, answer, tookMs } });
      if (decision.off === null && decision.failingSince === webhook.failingSince) return null;
      const changed = await tables.webhooks.noteOutcome(webhookId, decision);
      if (!changed || decision.off === null) return null;
      const data = {
        id: toUuid(webhook),
        name: webhook.name,
        reason: decision.off,
        failing_since: decision.failingSince,
        error: sent.error,
      };
      await tables.events.append([{ kind: 'webhook.disabled', data }]);
      return webhook;
    });
    if (wasOff === null) return;
    system.log.warn('webhook switched off', { webhook: wasOff.name, error: sent.error });
    store.bell.ring('change');
  }
}
