import { describe, expect, test } from 'vitest';
import type { OneTimeKey, Passkey, SignInChallenge } from '../../model/sign-in-method.ts';
import * as factories from '../factories.ts';
import { bedOf, type MakeBed } from './bed.ts';

const minute = 60_000;

/** What people show besides a password. */
export function signInMethodConformance(make: MakeBed): void {
  const keyOf = (personId: number): OneTimeKey => ({
    personId,
    createdAt: 1,
    secret: 'sealed',
    confirmedAt: null,
    lastStep: 0,
  });
  const passkeyOf = (personId: number, more: Partial<Passkey> = {}): Passkey => ({
    id: personId,
    createdAt: 1,
    personId,
    name: 'phone',
    credentialId: `credential ${personId}`,
    publicKey: 'key',
    counter: 0,
    transports: ['internal', 'hybrid'],
    usedAt: null,
    ...more,
  });
  const challenge = (hash: string, more: Partial<SignInChallenge> = {}): SignInChallenge => ({
    hash,
    purpose: 'second_step',
    createdAt: 1,
    expiresAt: 100,
    personId: 7,
    epoch: 2,
    signIn: null,
    challenge: null,
    tries: 0,
    ...more,
  });

  describe('one-time codes', () => {
    const bed = bedOf(make);

    test('a key takes the place of one that nobody has confirmed, and of no other', async () => {
      const { signInMethods: methods } = bed().store;
      const key = keyOf(factories.person().id);
      expect(await methods.beginOneTime(key)).toBe(true);
      const second = { ...key, createdAt: 2, secret: 'sealed anew' };
      expect(await methods.beginOneTime(second)).toBe(true);
      expect(await methods.confirmOneTime(key, 5, 9)).toBe(false);
      expect(await methods.takeStep(key.personId, 9)).toBe(false);
      expect(await methods.confirmOneTime(second, 5, 9)).toBe(true);
      expect(await methods.confirmOneTime(second, 6, 10)).toBe(false);
      expect(await methods.beginOneTime(key)).toBe(false);
      expect(await methods.oneTime(key.personId)).toEqual({ ...second, confirmedAt: 5, lastStep: 9 });
    });

    test('a step counts once, and none before it, also when many try at once', async () => {
      const { signInMethods: methods } = bed().store;
      const key = keyOf(factories.person().id);
      await methods.beginOneTime(key);
      await methods.confirmOneTime(key, 5, 9);
      expect(await methods.takeStep(key.personId, 9)).toBe(false);
      const tries = await Promise.all(Array.from({ length: 5 }, () => methods.takeStep(key.personId, 11)));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await methods.takeStep(key.personId, 10)).toBe(false);
    });

    test('tries count until the window has passed or a right one came', async () => {
      const { signInMethods: methods } = bed().store;
      const key = keyOf(factories.person().id);
      await methods.beginOneTime(key);
      await methods.confirmOneTime(key, 5, 0);
      const tryAt = (now: number) => methods.countTry(key.personId, now, { most: 2, since: now - minute });
      const at = 10 * minute;
      expect([await tryAt(at), await tryAt(at), await tryAt(at + 1)]).toEqual([true, true, false]);
      expect([await tryAt(at + minute), await tryAt(at + minute)]).toEqual([true, true]);
      expect(await tryAt(at + minute)).toBe(false);
      await methods.takeStep(key.personId, 1);
      expect(await tryAt(at + minute)).toBe(true);
      expect(await methods.countTry(factories.person().id, at, { most: 2, since: 0 })).toBe(false);
    });

    test('a recovery code counts once, and new ones take the place of all before', async () => {
      const { signInMethods: methods } = bed().store;
      const { id } = factories.person();
      await methods.setRecoveryCodes(id, ['a', 'b']);
      const tries = await Promise.all(Array.from({ length: 5 }, () => methods.takeRecoveryCode(id, 'a')));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await methods.takeRecoveryCode(factories.person().id, 'b')).toBe(false);
      expect(await methods.recoveryCodes(id)).toBe(1);
      await methods.setRecoveryCodes(id, ['c', 'd']);
      expect([await methods.takeRecoveryCode(id, 'b'), await methods.recoveryCodes(id)]).toEqual([false, 2]);
      expect(await methods.removeOneTime(id)).toBe(false);
      expect(await methods.recoveryCodes(id)).toBe(0);
    });
  });

  describe('passkeys and challenges', () => {
    const bed = bedOf(make);

    test('a passkey reads back, and is used while its count rises', async () => {
      const { signInMethods: methods } = bed().store;
      const { id } = factories.person();
      const counting = passkeyOf(id, { counter: 5 });
      await methods.addPasskey(counting);
      await expect(methods.addPasskey({ ...counting, id: id + 5000 })).rejects.toMatchObject({ code: 'name_taken' });
      expect(await methods.passkey(counting.credentialId)).toEqual(counting);
      expect(await methods.usePasskey(id, 5, 3)).toBe(false);
      const tries = await Promise.all(Array.from({ length: 5 }, () => methods.usePasskey(id, 6, 3)));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await methods.passkeys(id)).toEqual([{ ...counting, counter: 6, usedAt: 3 }]);
      expect(await methods.renamePasskey(id + 1, id, 'taken')).toBeNull();
      expect(await methods.renamePasskey(id, id, 'desk')).toMatchObject({ name: 'phone' });
      expect(await methods.removePasskey(id + 1, id)).toBeNull();
      expect(await methods.removePasskey(id, id)).toMatchObject({ name: 'desk' });
    });

    test('one that does not count is used as often as it is shown, until it counts', async () => {
      const { signInMethods: methods } = bed().store;
      const { id } = factories.person();
      await methods.addPasskey(passkeyOf(id));
      const uses = [];
      for (const counter of [0, 0, 3, 0]) uses.push(await methods.usePasskey(id, counter, 3));
      expect(uses).toEqual([true, true, true, false]);
    });

    test('a challenge is taken once, for its purpose, in its time', async () => {
      const { signInMethods: methods } = bed().store;
      const own = challenge('one', { purpose: 'passkey_proof', signIn: 'hash', challenge: 'bytes' });
      await methods.addChallenge(own);
      expect(await methods.takeChallenge('one', 'second_step', 50)).toBeNull();
      expect(await methods.takeChallenge('one', 'passkey_proof', 100)).toBeNull();
      const tries = await Promise.all(
        Array.from({ length: 5 }, () => methods.takeChallenge('one', 'passkey_proof', 99)),
      );
      expect(tries.filter((taken) => taken !== null)).toEqual([own]);
    });

    test('a challenge takes so many tries, and what is over is cleared away', async () => {
      const { signInMethods: methods } = bed().store;
      await methods.addChallenge(challenge('tried'));
      await methods.addChallenge(challenge('later', { expiresAt: 200, personId: null, epoch: 0 }));
      const tries = await Promise.all(
        Array.from({ length: 5 }, () => methods.tryChallenge('tried', 'second_step', 50, 3)),
      );
      expect(
        tries
          .filter((tried) => tried !== null)
          .map((tried) => tried?.tries)
          .toSorted((one = 0, other = 0) => one - other),
      ).toEqual([1, 2, 3]);
      const { id } = factories.person();
      await methods.beginOneTime({ ...keyOf(id), createdAt: 5 });
      expect(await methods.prune(100, 5)).toBe(1);
      expect(await methods.prune(100, 6)).toBe(1);
      expect(await methods.oneTime(id)).toBeNull();
      expect(await methods.tryChallenge('later', 'second_step', 150, 3)).toMatchObject({ personId: null, tries: 1 });
    });

    test('what somebody has is told of everybody, and goes with the account', async () => {
      const { store } = bed();
      const [ann, bea, zoe] = [factories.person(), factories.person(), factories.person()];
      for (const one of [ann, bea, zoe]) await store.people.insert(one);
      const { signInMethods: methods } = store;
      await methods.beginOneTime(keyOf(ann.id));
      await methods.confirmOneTime(keyOf(ann.id), 5, 1);
      await methods.beginOneTime(keyOf(bea.id));
      await methods.addPasskey(passkeyOf(bea.id));
      const had = await methods.secondFactors();
      expect([had.get(ann.id), had.get(bea.id), had.get(zoe.id)]).toEqual([
        { oneTimeCodes: true, passkeys: 0 },
        { oneTimeCodes: false, passkeys: 1 },
        undefined,
      ]);
      await methods.addChallenge(challenge('hers', { personId: bea.id }));
      await store.people.remove(bea.id);
      expect([await methods.oneTime(bea.id), await methods.passkeys(bea.id)]).toEqual([null, []]);
      expect(await methods.takeChallenge('hers', 'second_step', 50)).toBeNull();
      expect(await methods.removeOneTime(ann.id)).toBe(true);
    });
  });
}
