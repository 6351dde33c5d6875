/** Endpoints of other programs that hear of events: made, changed, tried, looked into. */
import { newSecret } from '../channels/signature.ts';
import { webhookChannel } from '../channels/webhook.ts';
import { messageId, secretsInForce } from '../channels/webhook-secrets.ts';
import { invalidField, JobTriggerError } from '../errors.ts';
import { allowList } from '../handlers/address.ts';
import { checkUrl } from '../handlers/http-rules.ts';
import { formatInstant, type Millis } from '../model/instant.ts';
import type { Id } from '../model/id.ts';
import { defaultWebhookKinds, isWebhookPattern, webhookKinds, type Delivery, type Webhook } from '../model/webhook.ts';
import { webhookPlace } from '../model/sealed-place.ts';
import type { Page, PageRequest } from '../store/job-tables.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { boxOf } from './installation-box.ts';
import { audited, note, record, subjectOf } from './audited.ts';
import { notFound } from './jobs.ts';

export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  /** Default: failures and alerts. */
  readonly kinds?: readonly string[];
}

/** Absent fields stay. */
export interface WebhookChange extends Partial<WebhookInput> {
  readonly active?: boolean;
}

export interface WebhookOperations {
  list(): Promise<readonly Webhook[]>;
  /** @throws `not_found` */
  get(id: Id): Promise<Webhook>;
  /** The secret is told here and never again. @throws `invalid`, `blocked_address`, `name_taken`, `conflict` */
  create(input: WebhookInput, actor: Actor): Promise<{ readonly webhook: Webhook; readonly secret: string }>;
  /** Switched on again it hears of what happens from now on, besides what waits. @throws as {@link create} */
  change(id: Id, input: WebhookChange, actor: Actor): Promise<Webhook>;
  remove(id: Id, actor: Actor): Promise<void>;
  /** A new secret, told here and never again; the one before signs besides it for 24 hours. */
  rotate(id: Id, actor: Actor): Promise<{ readonly webhook: Webhook; readonly secret: string }>;
  /** Posts a marked message now, once, and says what came of it. */
  test(id: Id, actor: Actor): Promise<Delivery>;
  /** Newest first. */
  deliveries(id: Id, page: PageRequest): Promise<Page<Delivery>>;
  /** Posts it once more, under the same id. @throws `not_found` */
  redeliver(id: Id, delivery: Id, actor: Actor): Promise<Delivery>;
}

const mostWebhooks = 100;
const formerValidMs: Millis = 24 * 3_600_000;

/** What a person decides of it, and its secret, of which only a change is told. */
function webhookFacts({ name, url, kinds, active, offReason, secret, formerUntil }: Webhook) {
  return { name, url, kinds, active, offReason, secret, formerUntil };
}

function noteChange(
  tables: Tables,
  actor: Actor,
  action: 'webhook.changed' | 'webhook.rotated',
  before: Webhook,
  after: Webhook,
): Promise<void> {
  const facts = { before: webhookFacts(before), after: webhookFacts(after) };
  return note(tables, actor, { action, subject: subjectOf('webhook', after), ...facts });
}

export function webhookOperations(context: OperationContext): WebhookOperations {
  const { store, system, outgoingAllow } = context;
  const box = boxOf(context);

  async function existing(tables: Pick<Tables, 'webhooks'>, id: Id): Promise<Webhook> {
    const webhook = await tables.webhooks.get(id);
    if (webhook === null) throw notFound('webhook');
    return webhook;
  }

  function checked<T extends Partial<WebhookInput>>(input: T): T {
    const { name, url, kinds } = input;
    if (name !== undefined && (name.trim() === '' || name.length > 100))
      throw invalidField('name', 'needs 1 to 100 characters');
    if (url !== undefined) checkUrl(url, allowList(outgoingAllow), 'url');
    for (const [place, kind] of (kinds ?? []).entries())
      if (!isWebhookPattern(kind))
        throw invalidField(`kinds.${place}`, `'${kind}' is none of ${webhookKinds.join(', ')}, or a group as run.*`);
    if (kinds?.length === 0) throw invalidField('kinds', 'needs at least one kind of event');
    return input;
  }

  const told = (kind: string, { name }: Webhook, actor: Actor) => ({
    kind,
    actor: actor.name,
    data: { name, via: actor.via },
  });

  return {
    list: () => store.webhooks.list(),
    get: (id) => existing(store, id),

    async create(input, actor) {
      const { name, url, kinds = defaultWebhookKinds } = checked(input);
      const [id = 0] = await store.ids(1);
      const secret = newSecret(system.random);
      const sealed = box.seal(secret, webhookPlace(id));
      const webhook = await audited(store, async (tables) => {
        if ((await tables.webhooks.count()) >= mostWebhooks)
          throw new JobTriggerError('conflict', `There are ${mostWebhooks} webhooks already.`);
        const now = await tables.now();
        const made: Webhook = {
          id,
          createdAt: now,
          updatedAt: now,
          name: name.trim(),
          url,
          kinds: [...new Set(kinds)],
          active: true,
          offReason: null,
          sinceEvent: await tables.events.latestId(),
          secret: sealed,
          formerSecret: null,
          formerUntil: null,
          failingSince: null,
          dropped: 0,
        };
        await tables.webhooks.insert(made);
        await tables.events.append([told('webhook.created', made, actor)]);
        const after = webhookFacts(made);
        await note(tables, actor, { action: 'webhook.created', subject: subjectOf('webhook', made), after });
        return made;
      });
      store.bell.ring('change');
      return { webhook, secret };
    },

    async change(id, input, actor) {
      const { name, url, kinds, active } = checked(input);
      const changed = await audited(store, async (tables) => {
        const before = await existing(tables, id);
        const comesOn = active === true && !before.active;
        const goesOff = active === false && before.active;
        const after: Webhook = {
          ...before,
          name: name?.trim() ?? before.name,
          url: url ?? before.url,
          kinds: kinds === undefined ? before.kinds : [...new Set(kinds)],
          active: active ?? before.active,
          updatedAt: await tables.now(),
          ...(comesOn ? { offReason: null, failingSince: null, sinceEvent: await tables.events.latestId() } : {}),
          ...(goesOff ? { offReason: 'person' as const } : {}),
        };
        await tables.webhooks.update(after);
        await tables.events.append([told('webhook.changed', after, actor)]);
        await noteChange(tables, actor, 'webhook.changed', before, after);
        return after;
      });
      store.bell.ring('change');
      return changed;
    },

    async remove(id, actor) {
      await audited(store, async (tables) => {
        const webhook = await existing(tables, id);
        await tables.webhooks.remove(id);
        await tables.events.append([told('webhook.deleted', webhook, actor)]);
        const before = webhookFacts(webhook);
        await note(tables, actor, { action: 'webhook.deleted', subject: subjectOf('webhook', webhook), before });
      });
      store.bell.ring('change');
    },

    async rotate(id, actor) {
      const secret = newSecret(system.random);
      const sealed = box.seal(secret, webhookPlace(id));
      const webhook = await audited(store, async (tables) => {
        const before = await existing(tables, id);
        const now = await tables.now();
        const formerUntil = now + formerValidMs;
        const after: Webhook = { ...before, secret: sealed, formerSecret: before.secret, formerUntil, updatedAt: now };
        await tables.webhooks.update(after);
        await tables.events.append([told('webhook.rotated', after, actor)]);
        await noteChange(tables, actor, 'webhook.rotated', before, after);
        return after;
      });
      return { webhook, secret };
    },

    async test(id, actor) {
      const webhook = await existing(store, id);
      await record(store, actor, { action: 'webhook.tested', subject: subjectOf('webhook', webhook) });
      const [deliveryId = 0] = await store.ids(1);
      const now = await store.now();
      const text = `A test from Job Trigger Portal for ${webhook.name}.`;
      const message = { type: 'webhook.test', version: 1, at: formatInstant(now), data: { text } };
      const delivery: Delivery = {
        id: deliveryId,
        createdAt: now,
        webhookId: id,
        eventId: null,
        kind: message.type,
        body: JSON.stringify(message),
        state: 'waiting',
        nextAt: null,
        attempts: 0,
        tries: [],
      };
      await store.webhooks.enqueue([delivery], Infinity);
      const target = { url: webhook.url, secrets: secretsInForce(webhook, now, box) };
      const channel = webhookChannel(target, { clock: system.clock, allowed: allowList(outgoingAllow) });
      const { body } = delivery;
      const { at, ok, status, error, answer, tookMs } = await channel.send(
        { id: messageId(delivery), body },
        new AbortController().signal,
      );
      const state = ok ? 'delivered' : 'failed';
      await store.webhooks.settle(delivery, { state, nextAt: null, tried: { at, status, error, answer, tookMs } });
      return (await store.webhooks.delivery(id, deliveryId)) ?? delivery;
    },

    async deliveries(id, page) {
      await existing(store, id);
      return store.webhooks.deliveries(id, page);
    },

    async redeliver(id, deliveryId, actor) {
      const webhook = await existing(store, id);
      await audited(store, async (tables) => {
        if (!(await tables.webhooks.again(id, deliveryId))) throw notFound('delivery');
        await note(tables, actor, { action: 'webhook.redelivered', subject: subjectOf('webhook', webhook) });
      });
      store.bell.ring('change');
      const delivery = await store.webhooks.delivery(id, deliveryId);
      if (delivery === null) throw notFound('delivery');
      return delivery;
    },
  };
}
