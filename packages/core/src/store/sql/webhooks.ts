import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { Id } from '../../model/id.ts';
import type { Delivery, DeliveryState, DeliveryTry, OffReason, Webhook } from '../../model/webhook.ts';
import type { WebhookTable } from '../webhook-table.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { readTexts, readValue } from './json.ts';
import type { DeliveryRow, WebhookRow } from './channel-rows.ts';
import { truth } from './schema.ts';
import { first, type Session } from './session.ts';

const keptTries = 20;
const pruneBatch = 2000;

type Read<Row> = Omit<Row, 'active'> & { readonly active: boolean | 0 | 1 };

function toWebhook(row: Read<WebhookRow>): Webhook {
  return {
    id: row.id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    name: row.name,
    url: row.url,
    kinds: readTexts(row.kinds, 'webhooks.kinds'),
    active: truth(row.active),
    offReason: row.off_reason as OffReason | null,
    sinceEvent: row.since_event,
    secret: row.secret,
    formerSecret: row.former_secret,
    formerUntil: row.former_until,
    failingSince: row.failing_since,
    dropped: row.dropped,
  };
}

function columns(webhook: Webhook) {
  return {
    updated_at: webhook.updatedAt,
    name: webhook.name,
    sort_name: webhook.name.toLowerCase(),
    url: webhook.url,
    kinds: JSON.stringify(webhook.kinds),
    active: webhook.active,
    off_reason: webhook.offReason,
    since_event: webhook.sinceEvent,
    secret: webhook.secret,
    former_secret: webhook.formerSecret,
    former_until: webhook.formerUntil,
    failing_since: webhook.failingSince,
  };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    createdAt: row.created_at,
    webhookId: row.webhook_id,
    eventId: row.event_id,
    kind: row.kind,
    body: row.body,
    state: row.state as DeliveryState,
    nextAt: row.next_at,
    attempts: row.attempts,
    tries: readValue(row.tries, 'webhook_deliveries.tries') as readonly DeliveryTry[],
  };
}

const toRow = (delivery: Delivery): DeliveryRow => ({
  id: delivery.id,
  created_at: delivery.createdAt,
  webhook_id: delivery.webhookId,
  event_id: delivery.eventId,
  kind: delivery.kind,
  body: delivery.body,
  state: delivery.state,
  next_at: delivery.nextAt,
  attempts: delivery.attempts,
  tries: JSON.stringify(delivery.tries),
});

function nameTaken(name: string): JobTriggerError {
  return new JobTriggerError('name_taken', `There is already a webhook named "${name}".`, {
    fields: [{ path: 'name', message: 'is taken' }],
  });
}

/** Endpoints and deliveries, on either database. */
export function webhookTable(session: Session): WebhookTable {
  const { build } = session;
  const all = build.selectFrom('webhooks').selectAll();
  const one = (webhookId: Id, id: Id) =>
    build.selectFrom('webhook_deliveries').selectAll().where('webhook_id', '=', webhookId).where('id', '=', id);

  async function waitingOf(webhookId: Id): Promise<number> {
    const waiting = build
      .selectFrom('webhook_deliveries')
      .select((on) => on.fn.countAll<number>().as('count'))
      .where('webhook_id', '=', webhookId)
      .where('next_at', 'is not', null);
    return Number((await first(session, waiting))?.count ?? 0);
  }

  return {
    async insert(webhook) {
      const row = { id: webhook.id, created_at: webhook.createdAt, dropped: webhook.dropped, ...columns(webhook) };
      const insert = build.insertInto('webhooks').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) === 0) throw nameTaken(webhook.name);
    },
    async update(webhook) {
      const rival = build
        .selectFrom('webhooks')
        .select('id')
        .where('sort_name', '=', webhook.name.toLowerCase())
        .where('id', '<>', webhook.id);
      if ((await first(session, rival)) !== null) throw nameTaken(webhook.name);
      const update = build.updateTable('webhooks').set(columns(webhook)).where('id', '=', webhook.id);
      return (await session.change(update)) > 0;
    },
    async noteOutcome(id, { failingSince, off }) {
      const update = build
        .updateTable('webhooks')
        .set({ failing_since: failingSince, ...(off === null ? {} : { active: false, off_reason: off }) })
        .where('id', '=', id);
      return (await session.change(off === null ? update : update.where('off_reason', 'is', null))) > 0;
    },
    async remove(id) {
      await session.change(build.deleteFrom('webhook_deliveries').where('webhook_id', '=', id));
      return (await session.change(build.deleteFrom('webhooks').where('id', '=', id))) > 0;
    },
    async get(id) {
      const row = await first(session, all.where('id', '=', id));
      return row === null ? null : toWebhook(row);
    },
    async list() {
      return (await session.rows(all.orderBy('sort_name'))).map(toWebhook);
    },
    async count() {
      const counted = build.selectFrom('webhooks').select((on) => on.fn.countAll<number>().as('count'));
      return Number((await first(session, counted))?.count ?? 0);
    },

    async enqueue(deliveries, mostWaiting) {
      let added = 0;
      for (const webhookId of new Set(deliveries.map((delivery) => delivery.webhookId))) {
        const mine = deliveries.filter((delivery) => delivery.webhookId === webhookId);
        const room = Math.max(0, mostWaiting - (await waitingOf(webhookId)));
        const kept = mine.slice(0, room);
        if (kept.length > 0) {
          const insert = build.insertInto('webhook_deliveries').values(kept.map(toRow));
          added += await session.change(insert.onConflict((on) => on.columns(['webhook_id', 'event_id']).doNothing()));
        }
        if (mine.length > kept.length) {
          const left = mine.length - kept.length;
          const counted = build.updateTable('webhooks').set((on) => ({ dropped: on('dropped', '+', left) }));
          await session.change(counted.where('id', '=', webhookId));
        }
      }
      return added;
    },
    async nextAt(webhookId) {
      const earliest = build
        .selectFrom('webhook_deliveries')
        .select('next_at')
        .where('webhook_id', '=', webhookId)
        .where('next_at', 'is not', null)
        .orderBy('next_at')
        .limit(1);
      return (await first(session, earliest))?.next_at ?? null;
    },
    async claim(webhookId, limit, leaseMs) {
      let due = build
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where('next_at', '<=', sql<number>`now_ms()`)
        .orderBy('next_at')
        .orderBy('id')
        .limit(limit);
      if (session.kind === 'postgres') due = due.forUpdate().skipLocked();
      const rows = await session.rows(due);
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      const until = sql<number>`now_ms() + ${leaseMs}`;
      await session.change(build.updateTable('webhook_deliveries').set({ next_at: until }).where('id', 'in', ids));
      const taken = build.selectFrom('webhook_deliveries').selectAll().where('id', 'in', ids).orderBy('id');
      return (await session.rows(taken)).map(toDelivery);
    },
    async settle(delivery, { state, nextAt, tried }) {
      const tries = [...delivery.tries, tried].slice(-keptTries);
      const update = build
        .updateTable('webhook_deliveries')
        .set({ state, next_at: nextAt, attempts: delivery.attempts + 1, tries: JSON.stringify(tries) })
        .where('id', '=', delivery.id)
        .where('attempts', '=', delivery.attempts);
      return (await session.change(update)) > 0;
    },
    async again(webhookId, id) {
      const update = build
        .updateTable('webhook_deliveries')
        .set({ state: 'waiting', next_at: sql<number>`now_ms()` })
        .where('webhook_id', '=', webhookId)
        .where('id', '=', id);
      return (await session.change(update)) > 0;
    },
    async delivery(webhookId, id) {
      const row = await first(session, one(webhookId, id));
      return row === null ? null : toDelivery(row);
    },
    async deliveries(webhookId, { limit, after }) {
      const key = decodeCursor(after, [0]);
      let query = build.selectFrom('webhook_deliveries').selectAll().where('webhook_id', '=', webhookId);
      if (key !== null) query = query.where('id', '<', key[0] ?? 0);
      const rows = await session.rows(query.orderBy('id', 'desc').limit(limit + 1));
      return toPage(rows, limit, { key: (row) => [row.id], item: toDelivery });
    },
    async prune(before) {
      const old = build
        .selectFrom('webhook_deliveries')
        .select('id')
        .where('created_at', '<', before)
        .where('next_at', 'is', null)
        .limit(pruneBatch);
      return session.change(build.deleteFrom('webhook_deliveries').where('id', 'in', old));
    },
  };
}
