import { describe, expect, test } from 'vitest';
import type { Webhook } from '../../model/webhook.ts';
import * as factories from '../factories.ts';
import { bedOf, type MakeBed, type TestBed } from './bed.ts';

const tried = { at: 1, status: 500, error: 'no', answer: null, tookMs: 3 };

export function webhookConformance(make: MakeBed): void {
  describe('webhooks', () => {
    const bed = bedOf(make);

    async function given({ store }: TestBed, overrides: Partial<Webhook> = {}): Promise<Webhook> {
      const webhook = factories.webhook(overrides);
      await store.webhooks.insert(webhook);
      return webhook;
    }

    test('a stored endpoint reads back as it was written, and its name belongs to it whatever the case', async () => {
      const { store } = bed();
      const webhook = await given(bed(), { name: 'Hook', formerSecret: 'old', formerUntil: 5 });
      expect(await store.webhooks.get(webhook.id)).toEqual(webhook);
      const changed = { ...webhook, kinds: ['job.*', 'run.lost'], active: false, offReason: 'person' as const };
      expect(await store.webhooks.update(changed)).toBe(true);
      expect((await store.webhooks.list()).find(({ id }) => id === webhook.id)).toEqual(changed);
      await expect(store.webhooks.insert(factories.webhook({ name: 'hook' }))).rejects.toMatchObject({
        code: 'name_taken',
      });
      const other = await given(bed());
      await expect(store.webhooks.update({ ...other, name: 'HOOK' })).rejects.toMatchObject({ code: 'name_taken' });
    });

    test('an endpoint goes off once', async () => {
      const { store } = bed();
      const { id } = await given(bed());
      expect(await store.webhooks.noteOutcome(id, { failingSince: 7, off: null })).toBe(true);
      expect(await store.webhooks.get(id)).toMatchObject({ active: true, failingSince: 7 });
      expect(await store.webhooks.noteOutcome(id, { failingSince: 7, off: 'gone' })).toBe(true);
      expect(await store.webhooks.noteOutcome(id, { failingSince: 7, off: 'failing' })).toBe(false);
      expect(await store.webhooks.get(id)).toMatchObject({ active: false, offReason: 'gone' });
    });

    test('an event is one delivery for an endpoint; what is too much is counted', async () => {
      const { store } = bed();
      const { id: webhookId } = await given(bed());
      const of = (...events: readonly number[]) => events.map((eventId) => factories.delivery({ webhookId, eventId }));
      expect(await store.webhooks.enqueue(of(1, 2), 4)).toBe(2);
      expect(await store.webhooks.enqueue(of(2, 3), 4)).toBe(1);
      expect(await store.webhooks.enqueue(of(4, 5, 6), 4)).toBe(1);
      expect((await store.webhooks.get(webhookId))?.dropped).toBe(2);
      const { items } = await store.webhooks.deliveries(webhookId, { limit: 10 });
      expect(items.map(({ eventId }) => eventId)).toEqual([4, 3, 2, 1]);
    });

    test('a claimed delivery is nobody else’s until its lease is over', async () => {
      const { store, clock } = bed();
      const { id: webhookId } = await given(bed());
      const now = clock.wall();
      const made = [now - 2, now - 1, now + 5000].map((nextAt) => factories.delivery({ webhookId, nextAt }));
      await store.webhooks.enqueue(made, 10);
      expect(await store.webhooks.nextAt(webhookId)).toBe(now - 2);
      const [first, ...others] = await store.webhooks.claim(webhookId, 1, 1000);
      expect(first?.id).toBe(made[0]?.id);
      expect(others).toEqual([]);
      expect((await store.webhooks.claim(webhookId, 5, 1000)).map(({ id }) => id)).toEqual([made[1]?.id]);
      expect(await store.webhooks.claim(webhookId, 5, 1000)).toEqual([]);
      clock.advance(1000);
      expect(await store.webhooks.claim(webhookId, 5, 1000)).toHaveLength(2);
    });

    test('a try is noted once, and a person may ask for another', async () => {
      const { store } = bed();
      const { id: webhookId } = await given(bed());
      const made = factories.delivery({ webhookId });
      await store.webhooks.enqueue([made], 10);
      expect(await store.webhooks.settle(made, { state: 'waiting', nextAt: 9, tried })).toBe(true);
      expect(await store.webhooks.settle(made, { state: 'delivered', nextAt: null, tried })).toBe(false);
      const once = await store.webhooks.delivery(webhookId, made.id);
      expect(once).toEqual({ ...made, nextAt: 9, attempts: 1, tries: [tried] });
      if (once === null) throw new Error('gone');
      expect(await store.webhooks.settle(once, { state: 'failed', nextAt: null, tried })).toBe(true);
      expect(await store.webhooks.again(webhookId + 1, made.id)).toBe(false);
      expect(await store.webhooks.again(webhookId, made.id)).toBe(true);
      expect(await store.webhooks.delivery(webhookId, made.id)).toMatchObject({ state: 'waiting', attempts: 2 });
    });

    test('ended deliveries are pruned by age, and go with their endpoint', async () => {
      const { store } = bed();
      const { id: webhookId } = await given(bed());
      const old = { webhookId, createdAt: 1000 };
      const ended = factories.delivery({ ...old, state: 'delivered', nextAt: null });
      await store.webhooks.enqueue([ended, factories.delivery(old)], 10);
      expect(await store.webhooks.prune(2000)).toBe(1);
      expect((await store.webhooks.deliveries(webhookId, { limit: 10 })).items).toHaveLength(1);
      expect(await store.webhooks.remove(webhookId)).toBe(true);
      expect(await store.webhooks.remove(webhookId)).toBe(false);
      expect((await store.webhooks.deliveries(webhookId, { limit: 10 })).items).toEqual([]);
    });

    test('events are read by their ids', async () => {
      const { store } = bed();
      await store.events.append([{ kind: 'test.happened' }, { kind: 'test.again' }]);
      const latest = await store.events.latestId();
      expect((await store.events.byIds([latest, latest - 1, latest + 50])).map(({ id }) => id)).toEqual([
        latest - 1,
        latest,
      ]);
      expect(await store.events.byIds([])).toEqual([]);
    });
  });
}
