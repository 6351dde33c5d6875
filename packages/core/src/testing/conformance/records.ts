import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

/** Events, people, settings and the answers kept for repeated requests. */
export function recordConformance(make: MakeBed): void {
  describe('events', () => {
    const bed = bedOf(make);

    test('events are read in the order they were told, with the time of the database', async () => {
      const { store, clock } = bed();
      expect(await store.events.latestId()).toBe(0);
      const job = await givenJob(bed());
      await store.events.append([{ kind: 'a' }, { kind: 'b', jobId: job.id, actor: 'ann', data: { text: 'ünï' } }]);
      clock.advance(5);
      await store.events.append([{ kind: 'a', runId: 7, runCreatedAt: 8 }]);
      const all = await store.events.after(0, 10);
      expect(all.map(({ kind }) => kind)).toEqual(['a', 'b', 'a']);
      const told = { kind: 'b', jobId: job.id, jobCreatedAt: job.createdAt, actor: 'ann', data: { text: 'ünï' } };
      expect(all[1]).toMatchObject({ ...told, at: clock.wall() - 5, runId: null });
      expect(await store.events.after(await store.events.latestId(), 10)).toEqual([]);
      expect((await store.events.list({ kinds: ['a'] }, { limit: 10 })).items.map(({ runId }) => runId)).toEqual([
        7,
        null,
      ]);
      expect((await store.events.list({ jobId: job.id }, { limit: 10 })).items).toHaveLength(1);
      expect((await store.events.list({ from: clock.wall() }, { limit: 10 })).items).toHaveLength(1);
      expect((await store.events.list({ to: clock.wall() }, { limit: 10 })).items).toHaveLength(2);
      const first = await store.events.list({}, { limit: 2 });
      const second = await store.events.list({}, { limit: 2, after: first.next });
      expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null]);
      expect(await store.events.prune(clock.wall(), 1)).toBe(1);
      expect(await store.events.prune(clock.wall(), 100)).toBe(1);
      expect(await store.events.prune(clock.wall(), 100)).toBe(0);
      expect(await store.events.after(0, 10)).toHaveLength(1);
    });
  });

  describe('people', () => {
    const bed = bedOf(make);

    test('an address belongs to one person', async () => {
      const { store } = bed();
      expect([await store.people.firstAdmin(), await store.people.count()]).toEqual([null, 0]);
      const person = factories.person();
      await store.people.insert(person);
      await expect(store.people.insert(factories.person({ email: person.email }))).rejects.toMatchObject({
        code: 'name_taken',
      });
      expect(await store.people.byEmail(person.email.toUpperCase())).toEqual(person);
      expect(await store.people.firstAdmin()).toEqual(person);
      expect(await store.people.count()).toBe(1);
      await store.people.setPassword(person.id, 'other');
      expect(await store.people.get(person.id)).toEqual({ ...person, passwordHash: 'other' });
    });

    test('sign-ins end one by one, all of a person at once, or by age', async () => {
      const { store } = bed();
      const { id: personId } = factories.person();
      const signIn = (hash: string, expiresAt: number) => {
        return {
          hash,
          personId,
          createdAt: 1,
          seenAt: 1,
          expiresAt,
          userAgent: 'curl',
          address: null,
          epoch: 1,
          provenAt: 1,
        };
      };
      for (const [index, expiresAt] of [10, 20, 30, 40].entries())
        await store.people.addSignIn(signIn(`h${index}`, expiresAt));
      await store.people.touchSignIn('h3', 9);
      expect(await store.people.signIn('h3')).toEqual({ ...signIn('h3', 40), seenAt: 9 });
      expect(await store.people.viewAs('h3', null)).toBe(false);
      expect(await store.people.viewAs('h3', { personId: 7, until: 30 })).toBe(true);
      expect(await store.people.signIn('h3')).toMatchObject({ viewedId: 7, viewedUntil: 30 });
      expect([await store.people.viewAs('h3', null), await store.people.viewAs('h3', null)]).toEqual([true, false]);
      expect(await store.people.viewAs('none', { personId: 7, until: 30 })).toBe(false);
      await store.people.endSignIn('h3');
      expect(await store.people.signIn('h3')).toBeNull();
      expect(await store.people.pruneSignIns(10)).toBe(1);
      await store.people.endSignIns(personId);
      expect(await store.people.signIn('h1')).toBeNull();
    });
  });

  describe('settings and kept answers', () => {
    const bed = bedOf(make);

    test('a setting is any value, written over or written once', async () => {
      const { store } = bed();
      expect(await store.settings.get('zone')).toBeNull();
      expect(await store.settings.setOnce('zone', 'Asia/Tokyo')).toBe('Asia/Tokyo');
      expect(await store.settings.setOnce('zone', 'UTC')).toBe('Asia/Tokyo');
      await store.settings.set('zone', { nested: [1, null, true] });
      expect(await store.settings.get('zone')).toEqual({ nested: [1, null, true] });
      await store.settings.remove('zone');
    });

    test('what a page has changed is the installation’s or one person’s, and goes with the person', async () => {
      const { store } = bed();
      const owner = factories.person();
      await store.people.insert(owner);
      const key = 'breaker.consecutive';
      const common = { ownerId: null, key, value: 3 };
      await store.pageSettings.set({ ...common, value: 'probe' });
      await store.pageSettings.set(common);
      await store.pageSettings.set({ ownerId: owner.id, key, value: 2 });
      expect(await store.pageSettings.all()).toEqual([common, { ownerId: owner.id, key, value: 2 }]);
      await store.people.remove(owner.id);
      expect(await store.pageSettings.all()).toEqual([common]);
      expect(await store.pageSettings.remove(null, key)).toBe(true);
      expect(await store.pageSettings.remove(null, key)).toBe(false);
      await store.settings.setOnce('zone', 'UTC');
      await store.settings.remove('zone');
      expect(await store.settings.get('zone')).toBeNull();
    });

    test('a key is taken once a scope, and its answer is there for the next', async () => {
      const { store, clock } = bed();
      expect(await store.idempotency.take('k', 'ann', 'hash')).toBeNull();
      expect(await store.idempotency.take('k', 'bob', 'hash')).toBeNull();
      expect(await store.idempotency.find('other', 'ann')).toBeNull();
      expect(await store.idempotency.find('k', 'ann')).toEqual({ requestHash: 'hash', answer: null });
      expect(await store.idempotency.take('k', 'ann', 'other')).toEqual({ requestHash: 'hash', answer: null });
      await store.idempotency.answer('k', 'ann', { status: 201 });
      expect(await store.idempotency.take('k', 'ann', 'hash')).toEqual({
        requestHash: 'hash',
        answer: { status: 201 },
      });
      expect(await store.idempotency.prune(clock.wall())).toBe(0);
      expect(await store.idempotency.prune(clock.wall() + 1)).toBe(2);
    });
  });
}
