import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, type MakeBed } from './bed.ts';

export function secretConformance(make: MakeBed): void {
  describe('secrets', () => {
    const bed = bedOf(make);

    test('a stored secret reads back as it was written; its name is its own within its scope and owner', async () => {
      const { secrets } = bed().store;
      const secret = factories.secret({ name: 'Db.Password' });
      await secrets.insert(secret);
      expect(await secrets.get(secret.id)).toEqual(secret);
      const twin = factories.secret({ name: 'db.password' });
      await expect(secrets.insert(twin)).rejects.toMatchObject({ code: 'name_taken' });
      const persons = factories.secret({ name: 'DB.PASSWORD', scope: 'person', ownerId: 7 });
      await secrets.insert(persons);
      const changed = { ...secret, version: 2, sealed: 'jtp1.b.x.y', rotatedAt: 9, expiresAt: 10, updatedAt: 9 };
      expect(await secrets.update(changed)).toBe(true);
      await secrets.touch([secret.id], 11);
      expect(await secrets.get(secret.id, { lock: true })).toEqual({ ...changed, usedAt: 11 });
      const named = await secrets.named(['DB.password', 'other']);
      expect(new Set(named.map(({ id }) => id))).toEqual(new Set([secret.id, persons.id]));
      expect((await secrets.list()).map(({ id }) => id)).toEqual(expect.arrayContaining([secret.id, persons.id]));
      expect(await secrets.remove(secret.id)).toBe(true);
      expect(await secrets.get(secret.id)).toBeNull();
      expect(await secrets.update(changed)).toBe(false);
    });

    test('tells which living jobs name a secret, and forgets those that are purged', async () => {
      const { store } = bed();
      const [one, two] = [factories.job({ ownerId: 3 }), factories.job({ deletedAt: 5 })];
      await store.transaction(async (tables) => {
        await tables.jobs.insert(one, null);
        await tables.jobs.insert(two, null);
        await tables.secrets.setUses(one.id, ['Token', 'TOKEN', 'other']);
        await tables.secrets.setUses(two.id, ['token']);
      });
      const use = { id: one.id, createdAt: one.createdAt, ownerId: 3, jobName: one.definition.name, nextDueAt: null };
      expect(await store.secrets.uses(['ToKen'])).toEqual([{ ...use, sortName: 'token', takes: 'installation' }]);
      expect((await store.secrets.uses()).filter(({ id }) => id === one.id)).toHaveLength(2);
      // The owner's goes before everybody's, and the job's own before that; also for eyes that see neither.
      const stranger = store.seenBy({ personId: 8 });
      await store.sharing.setShares(one.id, [{ with: 'everyone', granteeId: 0, level: 'view' }]);
      const takes = async () => [await store.secrets.uses(['token']), await stranger.secrets.uses(['token'])];
      for (const [scope, ownerId] of [
        ['person', 4],
        ['person', 3],
        ['job', one.id],
      ] as const) {
        await store.secrets.insert(factories.secret({ name: 'token', scope, ownerId }));
        const expected = [{ id: one.id, takes: ownerId === 4 ? 'installation' : scope }];
        expect(await takes()).toMatchObject([expected, expected]);
      }
      await store.secrets.setUses(one.id, ['other']);
      expect(await store.secrets.uses(['token'])).toEqual([]);
      const own = factories.secret({ scope: 'job', ownerId: one.id });
      await store.secrets.insert(own);
      await store.jobs.purge(one.id);
      expect((await store.secrets.uses()).filter(({ id }) => id === one.id)).toEqual([]);
      expect(await store.secrets.get(own.id)).toBeNull();
    });

    test('finds everything that is sealed with another key, and puts another seal in its place once (SEC-H4)', async () => {
      const { store } = bed();
      // Neighbours leave others: those of this test are told by their key.
      const secret = factories.secret({ scope: 'person', ownerId: 4, version: 3, sealed: 'jtp1.old.a.b' });
      const webhook = factories.webhook({ secret: 'jtp1.old.c.d', formerSecret: 'jtp1.old.e.f' });
      const hook = factories.incomingHook({ secret: 'jtp1.old.g.h', formerSecret: 'jtp1.old.i.j' });
      const keyed = factories.incomingHook({ kind: 'keyed', secret: 'a hash' });
      const monitor = factories.monitor({ token: 'jtp1.old.k.l' });
      await store.secrets.insert(secret);
      await store.webhooks.insert(webhook);
      await store.hooks.insert(hook);
      await store.hooks.insert(keyed);
      await store.monitors.insert(monitor);
      await store.settings.set('secret_canary', 'jtp1.old.m.n');
      await store.settings.set('audit_key.00ff', 'jtp1.old.o.p');
      const own = async () =>
        (await store.secrets.sealedWithOther('new', 500)).filter(({ sealed }) => sealed.startsWith('jtp1.old.'));
      const found = await own();
      expect(found.map(({ place }) => place)).toEqual([
        'installation|audit key|00ff|verify',
        'installation|canary|1|start',
        `person 4|${secret.id}|3|value`,
        `webhook|${webhook.id}|signing`,
        `webhook|${webhook.id}|signing`,
        `hook|${hook.id}|signing`,
        `hook|${hook.id}|signing`,
        `monitor|${monitor.id}|token`,
      ]);
      for (const value of found) expect(await store.secrets.reseal(value, 'jtp1.new.a.b')).toBe(true);
      expect(await store.secrets.reseal(found[2] ?? fail(), 'jtp1.new.c.d')).toBe(false);
      expect(await own()).toEqual([]);
      expect(await store.settings.get('secret_canary')).toBe('jtp1.new.a.b');
      expect(await store.settings.startingWith('audit_key.')).toEqual({ 'audit_key.00ff': 'jtp1.new.a.b' });
      expect((await store.monitors.get(monitor.id))?.token).toBe('jtp1.new.a.b');
    });
  });
}

function fail(): never {
  throw new Error('nothing was found');
}
