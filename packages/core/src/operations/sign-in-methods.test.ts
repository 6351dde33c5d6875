import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openStore } from '../open-store.ts';
import type { Person } from '../model/person.ts';
import { codeOf, stepAt } from '../policy/one-time-code.ts';
import { realSystem } from '../system/system.ts';
import { person } from '../testing/factories.ts';
import type { Actor } from './context.ts';
import { createOperations, type Operations } from './operations.ts';
import { mei, refusal, testInstallation, type TestInstallation } from './test-installation.ts';

/** The bytes of a key as an app reads them. */
function bytesOf(secret: string): Uint8Array {
  const bits = Array.from(secret, (each) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'),
  );
  return Uint8Array.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

describe.each(['SQLite', 'PostgreSQL'] as const)('sign-in methods on %s', (database) => {
  let home: TestInstallation;
  let elsewhere: Operations;
  let close: () => Promise<void>;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    const system = realSystem({ clock: home.clock });
    const store = await openStore({ url: home.databaseUrl, system, migrate: false, databaseFollowsClock: true });
    elsewhere = createOperations({ ...home.context, store, system });
    close = () => store.close();
  });
  afterAll(async () => {
    await close();
    await home.close();
  });

  const methods = () => home.operations.signInMethods;
  const as = ({ id, name }: Person): Actor => ({ personId: id, name, via: 'page' });
  const rowsOf = async (action: string) => (await home.store.audit.list({ actions: [action] }, { limit: 50 })).items;
  /** By the clock of the database, which on PostgreSQL goes on while the test's stands still. */
  const codeNow = async (key: Uint8Array, away = 0): Promise<string> =>
    codeOf(key, stepAt(await home.store.now()) + away);

  /** Somebody who is asked for codes, with the bytes of the key. */
  async function withCodes() {
    const who = person();
    await home.store.people.insert(who);
    const { secret, uri } = await methods().beginCodes(who.id);
    const key = bytesOf(secret);
    const recovery = await methods().confirmCodes(who.id, await codeNow(key), as(who));
    home.clock.advance(30_000);
    return { who, key, secret, uri, recovery };
  }

  test('codes are asked for once one has confirmed the key; the key is sealed, recovery codes are told once (SEC-H5)', async () => {
    const who = person();
    await home.store.people.insert(who);
    expect(await refusal(methods().confirmCodes(who.id, '123456', as(who)))).toMatchObject({ code: 'conflict' });
    const { secret, uri } = await methods().beginCodes(who.id);
    expect(uri).toContain(`secret=${secret}`);
    const key = bytesOf(secret);
    const right = await codeNow(key);
    const wrong = right === '000000' ? '000001' : '000000';
    expect(await refusal(methods().confirmCodes(who.id, wrong, as(who)))).toMatchObject({ fields: [{ path: 'code' }] });
    expect((await methods().methodsOf(who.id)).codes).toBeNull();
    const recovery = await methods().confirmCodes(who.id, `${right.slice(0, 3)} ${right.slice(3)}`, as(who));
    expect(new Set(recovery).size).toBe(10);
    for (const code of recovery) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    expect((await methods().methodsOf(who.id)).codes).toMatchObject({ recoveryCodes: 10 });
    expect(await refusal(methods().beginCodes(who.id))).toMatchObject({ code: 'conflict' });
    const stored = await home.store.signInMethods.oneTime(who.id);
    expect(stored?.secret).toMatch(/^jtp1\./);
    expect(stored?.secret).not.toContain(secret);
    const rows = JSON.stringify(await rowsOf('person.codes_added'));
    for (const told of [secret, ...recovery]) expect(rows).not.toContain(told);
  });

  test('a code counts once in its window, at one portal of two that are shown it at once (SEC-A15)', async () => {
    const { who, key } = await withCodes();
    const code = await codeNow(key);
    const both = [methods().takeCode(who.id, code, as(who)), elsewhere.signInMethods.takeCode(who.id, code, as(who))];
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
    home.clock.advance(29_000);
    expect(await methods().takeCode(who.id, code, as(who))).toBe(false);
    expect(await methods().takeCode(who.id, await codeNow(key, -1), as(who))).toBe(false);
    expect(await methods().takeCode(who.id, await codeNow(key, 1), as(who))).toBe(true);
    expect(await methods().takeCode(who.id, await codeNow(key, 0), as(who))).toBe(false);
  });

  test('a recovery code counts once, at one portal of two, and new ones void the old (SEC-A15)', async () => {
    const { who, recovery } = await withCodes();
    const [first = '', second = ''] = recovery;
    const both = [methods(), elsewhere.signInMethods].map((each) =>
      each.takeCode(who.id, first.toUpperCase(), as(who)),
    );
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
    const rows = (await rowsOf('person.recovery_code_used')).filter(({ subject }) => subject.name === who.name);
    expect(rows).toMatchObject([{ changes: [{ field: 'left', after: 9 }] }]);
    const renewed = await methods().renewRecoveryCodes(who.id, as(who));
    expect(await methods().takeCode(who.id, second, as(who))).toBe(false);
    expect(await methods().takeCode(who.id, renewed[0] ?? '', as(who))).toBe(true);
  });

  test('ten wrong codes hold all codes back for a quarter of an hour, at every portal; recovery codes come in', async () => {
    const { who, key, recovery } = await withCodes();
    const right = await codeNow(key);
    const wrong = right === '000000' ? '111111' : '000000';
    for (let tries = 0; tries < 10; tries += 1) {
      const at = tries % 2 === 0 ? methods() : elsewhere.signInMethods;
      expect(await at.takeCode(who.id, wrong, as(who))).toBe(false);
    }
    expect(await refusal(elsewhere.signInMethods.takeCode(who.id, right, as(who)))).toMatchObject({
      code: 'rate_limited',
    });
    expect(await methods().takeCode(who.id, recovery[0] ?? '', as(who))).toBe(true);
    home.clock.advance(15 * 60_000);
    expect(await methods().takeCode(who.id, await codeNow(key), as(who))).toBe(true);
  });

  test('a second step ends with its fifth wrong code, its purpose, its five minutes', async () => {
    const who = person();
    const open = () => methods().openChallenge({ purpose: 'second_step', person: who, signIn: null, challenge: null });
    const { token, seconds } = await open();
    expect(seconds).toBe(300);
    for (let tries = 1; tries <= 5; tries += 1)
      expect(await elsewhere.signInMethods.tryChallenge(token, 'second_step')).toMatchObject({ tries });
    expect(await methods().tryChallenge(token, 'second_step')).toBeNull();
    const second = await open();
    expect(await methods().takeChallenge(second.token, 'passkey_sign_in')).toBeNull();
    home.clock.advance(300_000);
    expect(await methods().takeChallenge(second.token, 'second_step')).toBeNull();
  });

  test('a passkey is renamed by whose it is alone, and the audit says from what to what', async () => {
    const { who } = await withCodes();
    const key = { name: 'phone', credentialId: `r ${who.id}`, publicKey: 'k', counter: 0, transports: [] };
    const { id } = await methods().addPasskey(who.id, key, as(who));
    expect(await methods().renamePasskey(who.id, id, ' desk ', as(who))).toMatchObject({ id, name: 'desk' });
    expect(await methods().renamePasskey(who.id, id, 'desk', as(who))).toMatchObject({ name: 'desk' });
    for (const name of [' ', 'x'.repeat(101)])
      expect((await refusal(methods().renamePasskey(who.id, id, name, as(who)))).fields[0]?.path).toBe('name');
    const { who: other } = await withCodes();
    const act = methods().renamePasskey(other.id, id, 'mine', as(other));
    expect(await refusal(act)).toMatchObject({ code: 'not_found' });
    expect((await methods().methodsOf(who.id)).passkeys).toMatchObject([{ id, name: 'desk' }]);
    const rows = (await rowsOf('person.passkey_renamed')).filter(({ subject }) => subject.name === who.name);
    expect(rows).toMatchObject([
      { who: { name: who.name }, changes: [{ field: 'passkey', before: 'phone', after: 'desk' }] },
    ]);
  });

  test('an administrator takes away what somebody has lost, and the audit says so', async () => {
    const { who } = await withCodes();
    const key = { name: ' phone ', credentialId: `c ${who.id}`, publicKey: 'k', counter: 0, transports: [] };
    const made = await methods().addPasskey(who.id, key, as(who));
    expect(made.name).toBe('phone');
    expect(await refusal(methods().addPasskey(who.id, { ...key, name: ' ' }, as(who)))).toMatchObject({
      code: 'invalid',
    });
    const viewer = person({ role: 'viewer' });
    await home.store.people.insert(viewer);
    expect(await refusal(methods().clearSecondFactors(who.id, as(viewer)))).toMatchObject({ code: 'conflict' });
    expect(await methods().clearSecondFactors(who.id, mei)).toEqual({ oneTimeCodes: true, passkeys: 1 });
    expect(await methods().clearSecondFactors(who.id, mei)).toEqual({ oneTimeCodes: false, passkeys: 0 });
    expect((await methods().secondFactors()).has(who.id)).toBe(false);
    const rows = (await rowsOf('person.second_factor_cleared')).filter(({ subject }) => subject.name === who.name);
    expect(rows).toMatchObject([{ who: { name: 'mei' }, subject: { name: who.name } }]);
    expect(await refusal(methods().removePasskey(who.id, made.id, as(who)))).toMatchObject({ code: 'not_found' });
    expect(await refusal(methods().removeCodes(who.id, as(who)))).toMatchObject({ code: 'not_found' });
  });
});
