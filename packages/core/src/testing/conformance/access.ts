import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, type MakeBed } from './bed.ts';

/** Accounts beyond the first, invitations, and keys of programs. */
export function accessConformance(make: MakeBed): void {
  describe('accounts', () => {
    const bed = bedOf(make);

    test('a person is changed, and listed by name, whatever the case', async () => {
      const { people } = bed().store;
      const [zoe, ann] = [factories.person({ name: 'Zoe' }), factories.person({ name: 'ann', role: 'viewer' })];
      await people.insert(zoe);
      await people.insert(ann);
      const changed = {
        ...zoe,
        role: 'editor',
        approver: true,
        active: false,
        timezone: 'Asia/Tokyo',
        epoch: 2,
      } as const;
      expect(await people.update({ ...changed, email: 'other@example.org', passwordHash: 'other' })).toBe(true);
      expect(await people.get(zoe.id)).toEqual(changed);
      expect((await people.list()).filter(({ id }) => id === ann.id || id === zoe.id)).toEqual([ann, changed]);
      expect(await people.update(factories.person())).toBe(false);
    });

    test('the first administrator is one who can sign in, where there is one', async () => {
      const { people } = bed().store;
      const shut = factories.person({ createdAt: 1, active: false });
      const open = factories.person({ createdAt: 2 });
      await people.insert(shut);
      await people.insert(open);
      expect((await people.firstAdmin())?.id).toBe(open.id);
    });

    test('with an account goes what stands on it alone; what it owned is nobody’s', async () => {
      const { store } = bed();
      const owner = factories.person();
      await store.people.insert(owner);
      const signIn = { hash: 'mine', personId: owner.id, createdAt: 1, seenAt: 1, expiresAt: 9, epoch: 1, provenAt: 1 };
      await store.people.addSignIn({ ...signIn, userAgent: null, address: null });
      await store.people.touchSignIn('mine', 5);
      expect((await store.people.get(owner.id))?.seenAt).toBe(5);
      expect(await store.people.signInsOf(owner.id)).toMatchObject([{ hash: 'mine', seenAt: 5 }]);
      const key = factories.apiKey({ personId: owner.id });
      await store.keys.insert(key);
      const living = factories.job({ ownerId: owner.id });
      const deleted = factories.job({ ownerId: owner.id, deletedAt: 1, active: false });
      for (const job of [living, deleted]) await store.jobs.insert(job, null);
      const rival = factories.job({ definition: { name: living.definition.name } });
      await store.jobs.insert(rival, null);
      await expect(store.jobs.disown(owner.id)).rejects.toMatchObject({ code: 'name_taken' });
      await store.jobs.purge(rival.id);
      const { id, createdAt, definition } = living;
      expect(await store.jobs.disown(owner.id)).toEqual([{ id, createdAt, name: definition.name }]);
      expect(await store.people.remove(owner.id)).toBe(true);
      expect(await store.people.remove(owner.id)).toBe(false);
      expect([await store.people.signIn('mine'), await store.keys.get(key.id)]).toEqual([null, null]);
      for (const job of [living, deleted]) expect((await store.jobs.get(job.id))?.ownerId).toBeNull();
    });

    test('sign-ins of a person end, but for one', async () => {
      const { people } = bed().store;
      const { id: personId } = factories.person();
      for (const hash of ['a', 'b', 'c']) {
        const rest = {
          createdAt: 1,
          seenAt: 1,
          provenAt: 1,
          expiresAt: 9,
          userAgent: null,
          address: null,
          epoch: 1,
        };
        await people.addSignIn({ hash, personId, ...rest });
      }
      expect(await people.endSignIns(personId, 'b')).toBe(2);
      expect((await people.signInsOf(personId)).map(({ hash }) => hash)).toEqual(['b']);
      expect(await people.endSignIns(personId)).toBe(1);
    });

    test('an address has one invitation: the newest', async () => {
      const { people } = bed().store;
      const rest = { role: 'editor', approver: true, expiresAt: 9, invitedBy: 'Mei' } as const;
      const first = { id: 1, createdAt: 1, email: 'tom@example.org', hash: 'one', ...rest };
      const second = { ...first, id: 2, createdAt: 2, hash: 'two', approver: false };
      await people.invite(first);
      expect(await people.invitation('one')).toEqual(first);
      await people.invite(second);
      expect(await people.invitation('one')).toBeNull();
      expect(await people.invitations()).toEqual([second]);
      expect(await people.removeInvitation(2)).toBe(true);
      expect(await people.removeInvitation(2)).toBe(false);
    });
  });

  describe('sign-ins through others', () => {
    const bed = bedOf(make);
    const identity = { createdAt: 1, issuer: 'https://id', subject: 's', account: 'tom', usedAt: 1 };

    test('issuer and subject belong to one person, and read back as they were written', async () => {
      const { identities } = bed().store;
      await identities.insert({ id: 1, personId: 7, ...identity });
      const again = identities.insert({ id: 2, personId: 8, ...identity });
      await expect(again).rejects.toMatchObject({ code: 'name_taken' });
      const other = { id: 3, personId: 7, ...identity, issuer: 'https://other' };
      await identities.insert(other);
      await identities.touch(1, { at: 5, account: 'thomas' });
      const used = { id: 1, personId: 7, ...identity, usedAt: 5, account: 'thomas' };
      expect(await identities.bySubject('https://id', 's')).toEqual(used);
      expect(await identities.list(7)).toEqual([used, other]);
      expect([await identities.remove(1), await identities.remove(1)]).toEqual([true, false]);
      expect(await identities.bySubject('https://id', 's')).toBeNull();
    });

    test('one that was begun is taken once, and old ones are pruned', async () => {
      const { identities } = bed().store;
      const rest = { provider: 'acme', personId: null, invitationHash: null, timezone: 'UTC' };
      const flow = { stateHash: 'a', browserHash: 'b', expiresAt: 10, ...rest };
      await identities.begin(flow);
      const both = await Promise.all([identities.take('a'), identities.take('a')]);
      expect(both.filter((taken) => taken !== null)).toEqual([flow]);
      for (const [stateHash, expiresAt] of [
        ['c', 5],
        ['d', 6],
      ] as const)
        await identities.begin({ ...flow, stateHash, expiresAt });
      expect(await identities.pruneFlows(5)).toBe(1);
      expect([await identities.take('c'), (await identities.take('d'))?.expiresAt]).toEqual([null, 6]);
    });
  });

  describe('keys of programs', () => {
    const bed = bedOf(make);

    test('a key reads back as it was written, and its name belongs to it among those of its owner', async () => {
      const { keys } = bed().store;
      const key = factories.apiKey({ name: 'Deploy', scopes: ['read', 'run'], addresses: ['10.0.0.0/8', '::1'] });
      await keys.insert(key);
      expect(await keys.get(key.id)).toEqual(key);
      const rival = factories.apiKey({ name: 'deploy', personId: key.personId });
      await expect(keys.insert(rival)).rejects.toMatchObject({ code: 'name_taken' });
      const other = factories.apiKey({ name: 'deploy' });
      await keys.insert(other);
      const renewed = { ...key, hash: 'new', formerHash: key.hash, formerUntil: 5, expiresAt: 6 };
      expect(await keys.renew(renewed)).toBe(true);
      await keys.touch(key.id, { at: 7, from: '10.0.0.1' });
      const used = { ...renewed, usedAt: 7, usedFrom: '10.0.0.1' };
      expect(await keys.get(key.id, { lock: true })).toEqual(used);
      expect(await keys.list(key.personId)).toEqual([used]);
      expect(await keys.list(null)).toEqual([used, other]);
      expect(await keys.remove(key.id)).toBe(true);
      expect(await keys.remove(key.id)).toBe(false);
    });
  });

  describe('access tokens', () => {
    const bed = bedOf(make);

    test('the ring of keys is read from its newest, and old ones leave it', async () => {
      const { tokens } = bed().store;
      const keys = [1, 2, 3].map((id) => ({ id, createdAt: id * 10, sealed: `sealed ${id}` }));
      for (const key of keys) await tokens.addKey(key);
      expect(await tokens.keys()).toEqual(keys.toReversed());
      expect(await tokens.pruneKeys(20)).toBe(1);
      expect((await tokens.keys()).map(({ id }) => id)).toEqual([3, 2]);
    });

    test('of two that use a refresh token one does, and those of an ended sign-in go', async () => {
      const { people, tokens } = bed().store;
      const rest = { createdAt: 1, seenAt: 1, provenAt: 1, expiresAt: 9, userAgent: null, address: null, epoch: 1 };
      await people.addSignIn({ hash: 'lives', personId: factories.person().id, ...rest });
      for (const signIn of ['lives', 'over'])
        await tokens.addRefresh({ hash: `of ${signIn}`, createdAt: 1, signIn, usedAt: null });
      const uses = await Promise.all([tokens.useRefresh('of lives', 5), tokens.useRefresh('of lives', 5)]);
      expect(uses.filter((used) => used)).toHaveLength(1);
      expect(await tokens.refresh('of lives')).toEqual({ hash: 'of lives', createdAt: 1, signIn: 'lives', usedAt: 5 });
      expect(await tokens.pruneRefresh()).toBe(1);
      expect([await tokens.refresh('of over'), await tokens.useRefresh('of over', 6)]).toEqual([null, false]);
    });
  });

  describe('sign-ins of command lines', () => {
    const bed = bedOf(make);
    const device = {
      hash: 'd',
      codeHash: 'c',
      createdAt: 1,
      expiresAt: 10,
      client: 'jtp/1',
      host: 'moon',
      address: '10.0.0.1',
      nextAskAt: 1,
      intervalSeconds: 5,
      decision: null,
      personId: null,
      epoch: 0,
    };

    test('one waits under its code until one of two decides, and is taken once', async () => {
      const { devices } = bed().store;
      expect(await devices.add(device)).toBe(true);
      expect(await devices.add({ ...device, hash: 'other' })).toBe(false);
      expect(await devices.waiting('c', 9)).toEqual(device);
      expect(await devices.waiting('c', 10)).toBeNull();
      await devices.asked('d', { nextAskAt: 6, intervalSeconds: 10 });
      expect(await devices.decide('c', 10, { decision: 'allowed', personId: 7, epoch: 2 })).toBe(false);
      const both = await Promise.all([
        devices.decide('c', 9, { decision: 'allowed', personId: 7, epoch: 2 }),
        devices.decide('c', 9, { decision: 'denied', personId: 7, epoch: 2 }),
      ]);
      expect(both.filter((isDecided) => isDecided)).toHaveLength(1);
      expect(await devices.waiting('c', 9)).toBeNull();
      expect(await devices.get('d')).toMatchObject({ nextAskAt: 6, intervalSeconds: 10, personId: 7, epoch: 2 });
      const takes = await Promise.all([devices.take('d'), devices.take('d')]);
      expect(takes.filter((isTaken) => isTaken)).toHaveLength(1);
      expect(await devices.get('d')).toBeNull();
    });

    test('old ones go, and those of a person go with them', async () => {
      const { devices, people } = bed().store;
      await devices.add(device);
      await devices.add({ ...device, hash: 'e', codeHash: 'f', expiresAt: 11 });
      expect(await devices.prune(10)).toBe(1);
      const person = factories.person();
      await people.insert(person);
      await devices.decide('f', 5, { decision: 'allowed', personId: person.id, epoch: 1 });
      await people.remove(person.id);
      expect(await devices.get('e')).toBeNull();
    });
  });
}
